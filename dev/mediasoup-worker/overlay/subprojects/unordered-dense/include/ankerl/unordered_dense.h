// Abseil's hash tables under the names of ankerl::unordered_dense, which Debian 12 does not have.
#ifndef JBCALLING_UNORDERED_DENSE_H
#define JBCALLING_UNORDERED_DENSE_H

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/hash/hash.h>

namespace ankerl::unordered_dense
{
	template<typename T>
	using hash = absl::Hash<T>;

	// Abseil's erase(iterator) returns nothing; the worker goes on from what it returns.
	template<typename Base>
	class next_on_erase : public Base
	{
	public:
		using Base::Base;
		using Base::erase;
		using typename Base::iterator;

		iterator erase(iterator it)
		{
			Base::erase(it++);

			return it;
		}
	};

	// The defaults are Abseil's by name: taking them from a member type of flat_hash_map would
	// instantiate a hash of keys which bring their own.
	template<
	  typename Key,
	  typename T,
	  typename Hash  = absl::container_internal::hash_default_hash<Key>,
	  typename Equal = absl::container_internal::hash_default_eq<Key>>
	using map = next_on_erase<absl::flat_hash_map<Key, T, Hash, Equal>>;

	template<
	  typename Key,
	  typename Hash  = absl::container_internal::hash_default_hash<Key>,
	  typename Equal = absl::container_internal::hash_default_eq<Key>>
	using set = next_on_erase<absl::flat_hash_set<Key, Hash, Equal>>;
} // namespace ankerl::unordered_dense

#endif
