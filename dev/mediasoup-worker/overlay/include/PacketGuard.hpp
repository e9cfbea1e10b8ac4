#ifndef JBC_PACKET_GUARD_HPP
#define JBC_PACKET_GUARD_HPP

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <unistd.h>

/**
 * Keeps what comes from outside from ending the worker, and remembers whose it is.
 *
 * What is handled inside Run() may throw, and an assertion that fails there throws too (Logger.hpp): the packet, request
 * or timer is given up, counted and reported. The media node reads two kinds of lines on stderr
 * (media-node/sfu/worker-report.ts):
 *
 *   jbcalling dropped sender=<id> count=<number> reason=<text>
 *   jbcalling crashed sender=<id> signal=<number>
 *
 * There is at most one line a second of the first kind: it names the last sender and reason, and counts all since the
 * line before, whoever sent them. The sender is the id of the transport whose packet is being handled, or of what a
 * request is for; it is empty for a timer, and once nothing is being handled. A worker has one thread.
 */
class PacketGuard
{
public:
	/** Whether it was handled to its end. May be nested: the innermost one gives up. */
	template<typename Handle>
	static bool Run(Handle&& handle)
	{
		const Scope scope;

		try
		{
			handle();

			return true;
		}
		catch (const std::exception& error)
		{
			Dropped(error.what());

			return false;
		}
	}

	/** The same for what has an answer: an error that the sender is told goes through. */
	template<typename Answered, typename Handle>
	static bool RunRequest(const std::string& senderId, Handle&& handle)
	{
		const Scope scope;

		SetSender(senderId);

		try
		{
			handle();

			return true;
		}
		catch (const Answered&)
		{
			throw;
		}
		catch (const std::exception& error)
		{
			Dropped(error.what());

			return false;
		}
	}

	static bool IsActive()
	{
		return depth > 0;
	}

	static void SetSender(const std::string& id)
	{
		const size_t length = std::min(id.size(), sizeof(sender) - 1);

		std::memcpy(sender, id.data(), length);
		sender[length] = '\0';
	}

	static void Dropped(const char* reason)
	{
		const auto now = std::chrono::steady_clock::now();

		++dropped;

		// A sender who sends nothing else must not fill the log.
		if (everReported && now - reportedAt < std::chrono::seconds(1))
		{
			return;
		}

		std::string text(reason, strnlen(reason, 200));

		// It may quote the sender, who must not write lines of their own.
		std::ranges::replace_if(text, [](unsigned char c) { return c < ' ' || c == 127; }, '?');
		std::fprintf(
		  stderr, "jbcalling dropped sender=%s count=%zu reason=%s\n", sender, dropped, text.c_str());
		std::fflush(stderr);

		everReported = true;
		reportedAt   = now;
		dropped      = 0;
	}

	/** From now on a signal that ends the worker is reported first. */
	static void ReportCrashes()
	{
		// A stack of its own, since an overflow of the usual one is such a signal too.
		static char stack[65536];
		stack_t alternative{};

		alternative.ss_sp   = stack;
		alternative.ss_size = sizeof(stack);
		sigaltstack(&alternative, nullptr);

		struct sigaction action{};

		action.sa_handler = OnCrash;
		// The second time the signal ends the process, as it would have without us.
		action.sa_flags = SA_ONSTACK | SA_RESETHAND;

		for (const int signal : { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL })
		{
			sigaction(signal, &action, nullptr);
		}
	}

private:
	/** What is handled inside belongs to one sender; afterwards to the one before. */
	struct Scope
	{
		Scope()
		{
			if (depth++ == 0)
			{
				sender[0] = '\0';
			}
		}

		~Scope()
		{
			if (--depth == 0)
			{
				sender[0] = '\0';
			}
		}

		Scope(const Scope&)            = delete;
		Scope& operator=(const Scope&) = delete;
	};

	/** Calls only what may be called in a signal handler (signal-safety(7)). */
	static void OnCrash(int signal)
	{
		char line[128];
		size_t length = 0;

		const auto append = [&](const char* text)
		{
			while (*text != '\0' && length < sizeof(line) - 1)
			{
				line[length++] = *text++;
			}
		};
		const char digits[] = { static_cast<char>('0' + (signal / 10)), static_cast<char>('0' + (signal % 10)), '\0' };

		append("jbcalling crashed sender=");
		append(sender);
		append(" signal=");
		append(digits);
		line[length++] = '\n';

		// Nothing can be done where it fails.
		(void)!write(STDERR_FILENO, line, length);
		raise(signal);
	}

	inline static int depth{ 0 };
	inline static char sender[64]{};
	inline static size_t dropped{ 0 };
	inline static bool everReported{ false };
	inline static std::chrono::steady_clock::time_point reportedAt;
};

#endif
