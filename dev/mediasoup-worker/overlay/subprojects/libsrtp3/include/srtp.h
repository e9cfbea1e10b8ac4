// The part of libsrtp 3's interface that the worker uses, on libsrtp 2, which is what Debian 12 has.
#ifndef JBCALLING_SRTP_H
#define JBCALLING_SRTP_H

#include <srtp2/srtp.h>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <openssl/crypto.h>
#include <new>

// Errors that only libsrtp 3 has.
inline constexpr auto srtp_err_status_buffer_small = static_cast<srtp_err_status_t>(28);
inline constexpr auto srtp_err_status_cryptex_err  = static_cast<srtp_err_status_t>(29);

namespace srtp3
{
	struct Policy
	{
		srtp_policy_t v2{};
		uint8_t key[SRTP_MAX_KEY_LEN]{};
	};

	// libsrtp 2 adds the SRTCP index on top of the trailer.
	inline constexpr size_t MaxGrowth{ SRTP_MAX_TRAILER_LEN + sizeof(uint32_t) };

	// Copies the packet where it shall be written and lets libsrtp 2 work in place.
	template<typename Transform>
	srtp_err_status_t InPlace(
	  const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen, size_t growth, Transform transform)
	{
		if (inLen + growth > *outLen)
		{
			return srtp_err_status_buffer_small;
		}

		if (in != out)
		{
			std::memmove(out, in, inLen);
		}

		int len        = static_cast<int>(inLen);
		const auto err = transform(out, &len);

		*outLen = static_cast<size_t>(len);

		return err;
	}
} // namespace srtp3

inline srtp_err_status_t srtp_policy_create(srtp3::Policy** policy)
{
	*policy = new (std::nothrow) srtp3::Policy();

	return *policy ? srtp_err_status_ok : srtp_err_status_alloc_fail;
}

inline void srtp_policy_destroy(srtp3::Policy* policy)
{
	OPENSSL_cleanse(policy->key, sizeof(policy->key));
	delete policy;
}

inline srtp_err_status_t srtp_policy_set_ssrc(srtp3::Policy* policy, srtp_ssrc_t ssrc)
{
	policy->v2.ssrc = ssrc;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_profile(srtp3::Policy* policy, srtp_profile_t profile)
{
	const auto err = srtp_crypto_policy_set_from_profile_for_rtp(&policy->v2.rtp, profile);

	return err ? err : srtp_crypto_policy_set_from_profile_for_rtcp(&policy->v2.rtcp, profile);
}

inline srtp_err_status_t srtp_policy_add_key(
  srtp3::Policy* policy,
  const uint8_t* key,
  size_t keyLen,
  const uint8_t* salt,
  size_t saltLen,
  const uint8_t* /*mki*/,
  size_t mkiLen)
{
	if (mkiLen != 0 || keyLen + saltLen > sizeof(policy->key))
	{
		return srtp_err_status_bad_param;
	}

	std::memcpy(policy->key, key, keyLen);
	std::memcpy(policy->key + keyLen, salt, saltLen);
	policy->v2.key = policy->key;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_allow_repeat_tx(srtp3::Policy* policy, bool allow)
{
	policy->v2.allow_repeat_tx = allow ? 1 : 0;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_policy_set_window_size(srtp3::Policy* policy, size_t size)
{
	policy->v2.window_size = size;

	return srtp_err_status_ok;
}

inline srtp_err_status_t srtp_create(srtp_t* session, srtp3::Policy* policy)
{
	return srtp_create(session, static_cast<const srtp_policy_t*>(&policy->v2));
}

inline srtp_err_status_t srtp_stream_remove(srtp_t session, uint32_t ssrc)
{
	return srtp_remove_stream(session, ssrc);
}

inline srtp_err_status_t srtp_protect(
  srtp_t session, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen, size_t /*mkiIndex*/)
{
	return srtp3::InPlace(
	  in, inLen, out, outLen, SRTP_MAX_TRAILER_LEN, [&](void* p, int* len) { return srtp_protect(session, p, len); });
}

inline srtp_err_status_t srtp_protect_rtcp(
  srtp_t session, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen, size_t /*mkiIndex*/)
{
	return srtp3::InPlace(
	  in, inLen, out, outLen, srtp3::MaxGrowth, [&](void* p, int* len) { return srtp_protect_rtcp(session, p, len); });
}

inline srtp_err_status_t srtp_unprotect(
  srtp_t session, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen)
{
	return srtp3::InPlace(
	  in, inLen, out, outLen, 0, [&](void* p, int* len) { return srtp_unprotect(session, p, len); });
}

inline srtp_err_status_t srtp_unprotect_rtcp(
  srtp_t session, const uint8_t* in, size_t inLen, uint8_t* out, size_t* outLen)
{
	return srtp3::InPlace(
	  in, inLen, out, outLen, 0, [&](void* p, int* len) { return srtp_unprotect_rtcp(session, p, len); });
}

// Last, so that everything above still means libsrtp 2's policy: in libsrtp 3 it is a handle.
using srtp3_policy_handle = srtp3::Policy*;
#define srtp_policy_t srtp3_policy_handle

#endif
