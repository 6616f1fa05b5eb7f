package dev.sdlora.pipeline.denoise;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Has the questions of several pieces of work answered together, such as what the samplers of
 * several images ask the network. Each piece stands on a thread of its own, which serves as its
 * stack: never do two of these threads run at the same time, nor one of them beside the thread that
 * called {@link #run}. So the pieces need no locks for what they share, their order is always the
 * same, and what has to be done on the caller's thread is handed to it.
 *
 * <p>A single piece runs on the caller's thread.
 *
 * @param <Q> a question
 * @param <A> an answer
 */
public final class Lockstep<Q, A> {
  private final Function<List<Q>, List<A>> answers;

  private Lockstep(Function<List<Q>, List<A>> answers) {
    this.answers = answers;
  }

  /** A piece of work. */
  @FunctionalInterface
  public interface Work<Q, A, R> {
    /** Does it, on whatever thread. */
    R run(Participant<Q, A> participant);
  }

  /** What a piece of work has to do with the others and with the caller. */
  public interface Participant<Q, A> {
    /** Asks, and waits until all others have asked too or are done. */
    A ask(Q question);

    /** Has something done on the caller's thread, at once. */
    <T> T outside(Supplier<T> work);

    /** Has something done on the caller's thread, at once. */
    default void outside(Runnable work) {
      outside(
          () -> {
            work.run();
            return work;
          });
    }
  }

  /**
   * Does all work. When a piece fails, or what is done for it, that is thrown unchanged; the other
   * pieces are then abandoned where they wait, and no thread is left.
   *
   * @param works at least one
   * @param answers answers the questions of those that are not done yet, in their order; called on
   *     this thread
   * @return the results, in the order of the works
   */
  public static <Q, A, R> List<R> run(
      List<? extends Work<Q, A, R>> works, Function<List<Q>, List<A>> answers) {
    Lockstep<Q, A> lockstep = new Lockstep<>(answers);
    return works.size() == 1
        ? List.of(works.get(0).run(lockstep.alone()))
        : lockstep.together(works);
  }

  private Participant<Q, A> alone() {
    return new Participant<>() {
      @Override
      public A ask(Q question) {
        return answers.apply(List.of(question)).get(0);
      }

      @Override
      public <T> T outside(Supplier<T> work) {
        return work.get();
      }
    };
  }

  private <R> List<R> together(List<? extends Work<Q, A, R>> works) {
    List<Member<Q, A, R>> members = new ArrayList<>();
    works.forEach(work -> members.add(new Member<>(work, members.size())));
    try {
      List<Member<Q, A, R>> asking = members;
      while (!asking.isEmpty()) {
        asking.forEach(Member::goOn);
        asking = asking.stream().filter(member -> !member.isDone()).toList();
        answer(asking);
      }
      return members.stream().map(Member::result).toList();
    } finally {
      members.forEach(Member::abandon);
    }
  }

  private <R> void answer(List<Member<Q, A, R>> asking) {
    if (!asking.isEmpty()) {
      List<A> answered = answers.apply(asking.stream().map(Member::question).toList());
      for (int i = 0; i < asking.size(); i++) {
        asking.get(i).reply = answered.get(i);
      }
    }
  }

  /** What makes work that is abandoned leave its thread. */
  private static final class Abandoned extends RuntimeException {
    private static final long serialVersionUID = 1;

    Abandoned() {
      super("another picture of the batch has failed", null, false, false);
    }
  }

  /**
   * A piece of work and its thread. The semaphores also make each side see what the other wrote.
   */
  private static final class Member<Q, A, R> implements Participant<Q, A> {
    private final Work<Q, A, R> work;
    private final Thread thread;
    private final Semaphore turn = new Semaphore(0);
    private final Semaphore stopped = new Semaphore(0);
    private boolean started;
    private boolean abandoned;
    private @Nullable Q question;
    private @Nullable Supplier<?> errand;
    private @Nullable Object reply;
    private @Nullable Outcome<R> outcome;

    Member(Work<Q, A, R> work, int index) {
      this.work = work;
      String caller = Thread.currentThread().getName();
      this.thread = new Thread(this::runAll, "%s picture %s".formatted(caller, index + 1));
      thread.setDaemon(true);
    }

    /** How it ended. */
    private record Outcome<R>(@Nullable R result, @Nullable Throwable failure) {}

    /** Lets the work go on until it asks the next question or is done. */
    void goOn() {
      do {
        errand = null;
        resume();
        if (errand != null) {
          reply = errand.get();
        }
      } while (errand != null);
      if (outcome != null && outcome.failure instanceof RuntimeException failure) {
        throw failure;
      }
      if (outcome != null && outcome.failure instanceof Error failure) {
        throw failure;
      }
    }

    private void resume() {
      if (started) {
        turn.release();
      } else {
        thread.start();
        started = true;
      }
      stopped.acquireUninterruptibly();
    }

    boolean isDone() {
      return outcome != null;
    }

    Q question() {
      return requireNonNull(question);
    }

    R result() {
      return requireNonNull(requireNonNull(outcome).result);
    }

    /** Ends the thread, if it still waits. */
    void abandon() {
      if (started && !isDone()) {
        abandoned = true;
        resume();
      }
    }

    private void runAll() {
      try {
        outcome = new Outcome<>(work.run(this), null);
      } catch (Throwable e) {
        outcome = new Outcome<>(null, e);
      }
      stopped.release();
    }

    @Override
    @SuppressWarnings("unchecked") // A question is replied to by its answer.
    public A ask(Q asked) {
      question = asked;
      return (A) waited();
    }

    @Override
    @SuppressWarnings("unchecked") // An errand is replied to by its result.
    public <T> T outside(Supplier<T> wanted) {
      errand = wanted;
      return (T) waited();
    }

    private Object waited() {
      if (!abandoned) {
        stopped.release();
        turn.acquireUninterruptibly();
      }
      if (abandoned) {
        throw new Abandoned();
      }
      return requireNonNull(reply);
    }
  }
}
