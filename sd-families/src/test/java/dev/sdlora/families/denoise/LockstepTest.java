package dev.sdlora.families.denoise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.families.denoise.Lockstep.Participant;
import dev.sdlora.families.denoise.Lockstep.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 600, threadMode = ThreadMode.SEPARATE_THREAD)
class LockstepTest {
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final List<String> asked = new ArrayList<>();

  @AfterEach
  void noThreadIsLeft() throws InterruptedException {
    for (Thread thread : threads) {
      if (thread != Thread.currentThread()) {
        thread.join();
      }
    }
  }

  /** Adds up the answers to a number of questions, each twice the question. */
  private Work<Integer, Integer, Integer> adding(int first, int questions) {
    return participant -> {
      threads.add(Thread.currentThread());
      int sum = 0;
      for (int i = 0; i < questions; i++) {
        sum += participant.ask(first + i);
      }
      return sum;
    };
  }

  private List<Integer> doubled(List<Integer> questions) {
    asked.add(questions.toString());
    return questions.stream().map(question -> 2 * question).toList();
  }

  @Test
  void run_worksOfDifferentLengths_areAnsweredTogetherAsLongAsTheyAsk() {
    List<Work<Integer, Integer, Integer>> works =
        List.of(adding(1, 1), adding(10, 3), adding(100, 0), adding(1000, 2));
    assertThat(Lockstep.run(works, this::doubled)).containsExactly(2, 66, 0, 4002);
    assertThat(asked).containsExactly("[1, 10, 1000]", "[11, 1001]", "[12]");
    assertThat(threads).hasSize(4).doesNotContain(Thread.currentThread());
  }

  @Test
  void run_oneWork_staysOnTheCallersThread() {
    assertThat(Lockstep.run(List.of(adding(1, 2)), this::doubled)).containsExactly(6);
    assertThat(threads).containsExactly(Thread.currentThread());
  }

  @Test
  void outside_isDoneOnTheCallersThread_inTheOrderOfTheWorks() {
    List<String> done = new ArrayList<>();
    Thread caller = Thread.currentThread();
    List<Work<Integer, Integer, Integer>> works = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int number = i;
      works.add(
          participant -> {
            for (int step = 0; step < 2; step++) {
              String told = number + "." + step;
              participant.outside(() -> done.add(told + (Thread.currentThread() == caller)));
              participant.ask(step);
            }
            return participant.outside(() -> number);
          });
    }
    assertThat(Lockstep.run(works, Function.identity())).containsExactly(0, 1, 2);
    assertThat(done)
        .containsExactly("0.0true", "1.0true", "2.0true", "0.1true", "1.1true", "2.1true");
  }

  @Test
  void run_failuresOfAnyKind_comeOutUnchangedAndEndAllThreads() {
    List<RuntimeException> failures =
        IntStream.range(0, 3).mapToObj(i -> new RuntimeException("failure " + i)).toList();
    List<Work<Integer, Integer, Integer>> failing =
        List.of(
            adding(1, 5),
            participant -> {
              participant.ask(7);
              throw failures.get(0);
            },
            adding(3, 5));
    assertThatThrownBy(() -> Lockstep.run(failing, this::doubled)).isSameAs(failures.get(0));
    List<Work<Integer, Integer, Integer>> sent =
        List.of(adding(1, 5), participant -> fail(participant, failures.get(1)), adding(3, 5));
    assertThatThrownBy(() -> Lockstep.run(sent, this::doubled)).isSameAs(failures.get(1));
    assertThatThrownBy(
            () ->
                Lockstep.run(
                    List.of(adding(1, 5), adding(3, 5)),
                    (List<Integer> questions) -> {
                      throw failures.get(2);
                    }))
        .isSameAs(failures.get(2));
    assertThat(threads).isNotEmpty();
  }

  private static Integer fail(Participant<Integer, Integer> participant, RuntimeException failure) {
    participant.outside(
        () -> {
          throw failure;
        });
    return 0;
  }

  @Test
  void run_workThatCleansUp_isLetGoToo() {
    List<String> cleaned = new ArrayList<>();
    Work<Integer, Integer, Integer> cleaning =
        participant -> {
          try {
            return participant.ask(1) + participant.ask(2);
          } finally {
            cleaned.add("yes");
          }
        };
    Work<Integer, Integer, Integer> asksAgain =
        participant -> {
          try {
            return participant.ask(1);
          } finally {
            participant.ask(2);
          }
        };
    assertThatThrownBy(
            () ->
                Lockstep.run(
                    List.of(cleaning, asksAgain),
                    (List<Integer> questions) -> {
                      throw new IllegalStateException("no answer");
                    }))
        .hasMessage("no answer");
    assertThat(cleaned).containsExactly("yes");
  }
}
