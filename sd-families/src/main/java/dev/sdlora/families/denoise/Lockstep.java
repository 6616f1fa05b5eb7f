package dev.sdlora.families.denoise;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers the questions of several tasks together, such as the model calls of several images'
 * samplers. Each task has a thread of its own, which only serves as its stack: no two of these
 * threads ever run at the same time, and none runs at the same time as the thread that called
 * {@link #run}. So the tasks need no locks for shared state, their order is deterministic, and work
 * for the caller's thread can be handed to it.
 *
 * <p>A single task runs on the caller's thread.
 *
 * @param <Q> a question
 * @param <A> an answer
 */
public final class Lockstep<Q, A> {
  private final Function<List<Q>, List<A>> answers;

  private Lockstep(Function<List<Q>, List<A>> answers) {
    this.answers = answers;
  }

  /** A task. */
  @FunctionalInterface
  public interface Work<Q, A, R> {
    /** Runs the task, on any thread. */
    R run(Participant<Q, A> participant);
  }

  /** A task's connection to the other tasks and to the caller. */
  public interface Participant<Q, A> {
    /** Asks a question and waits until all other tasks have asked theirs or are done. */
    A ask(Q question);

    /** Runs work on the caller's thread immediately. */
    <T> T outside(Supplier<T> work);

    /** Runs work on the caller's thread immediately. */
    default void outside(Runnable work) {
      outside(
          () -> {
            work.run();
            return work;
          });
    }
  }

  /**
   * Runs all tasks. If a task or work on its behalf fails, the exception is rethrown unchanged, the
   * other tasks are abandoned where they wait, and no thread remains.
   *
   * @param works at least one
   * @param answers answers the questions of the unfinished tasks, in their order; called on this
   *     thread
   * @return the results, in the order of the tasks
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
      List<Member<Q, A, R>> waiting = members;
      while (!waiting.isEmpty()) {
        waiting.forEach(Member::goOn);
        waiting = waiting.stream().filter(member -> !member.isDone()).toList();
        answer(waiting);
      }
      return members.stream().map(Member::result).toList();
    } finally {
      members.forEach(Member::abandon);
    }
  }

  private <R> void answer(List<Member<Q, A, R>> waiting) {
    if (!waiting.isEmpty()) {
      List<A> answered = answers.apply(waiting.stream().map(Member::question).toList());
      for (int i = 0; i < waiting.size(); i++) {
        waiting.get(i).reply = answered.get(i);
      }
    }
  }

  /** Makes an abandoned task leave its thread. */
  private static final class Abandoned extends RuntimeException {
    private static final long serialVersionUID = 1;

    Abandoned() {
      super("another image of the batch failed", null, false, false);
    }
  }

  /** A task and its thread. The semaphores also publish each side's writes to the other. */
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
      this.thread = new Thread(this::runAll, "%s image %s".formatted(caller, index + 1));
      thread.setDaemon(true);
    }

    /** The result or failure of a task. */
    private record Outcome<R>(@Nullable R result, @Nullable Throwable failure) {}

    /** Resumes the task until it asks its next question or is done. */
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

    /** Ends the thread, if it is still waiting. */
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
    @SuppressWarnings("unchecked") // The reply to a question is its answer.
    public A ask(Q next) {
      question = next;
      return (A) waited();
    }

    @Override
    @SuppressWarnings("unchecked") // The reply to an errand is its result.
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
