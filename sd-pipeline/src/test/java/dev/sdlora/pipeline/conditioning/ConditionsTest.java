package dev.sdlora.pipeline.conditioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.pipeline.conditioning.ConditioningSchedule.Entry;
import dev.sdlora.pipeline.conditioning.Conditions.Part;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConditionsTest {
  private static final Conditioning A = states(1, 2);
  private static final Conditioning B = states(3);
  private static final Conditioning EMPTY = states(9);

  private static Conditioning states(float... values) {
    return new Conditioning(values, values.length, 1);
  }

  /** Steps at which entries end, what ten calls see: A1111's counter starts at 0. */
  @ParameterizedTest
  @CsvSource({
    "3 10, aaaabbbbbb",
    "1 2 3 4 5 6 7 8 9 10, aababababa",
    "10, aaaaaaaaaa",
    "1 10, aabbbbbbbb",
    "2 5, aaabbbaaaa"
  })
  void at_entriesByLastStep_haveOneCallMoreInTheFirst(String ends, String expected) {
    List<Integer> last = Arrays.stream(ends.split(" ", -1)).map(Integer::valueOf).toList();
    ConditioningSchedule schedule =
        new ConditioningSchedule(
            IntStream.range(0, last.size())
                .mapToObj(i -> new Entry(last.get(i), i % 2 == 0 ? A : B))
                .toList());
    String seen =
        IntStream.range(0, 10)
            .mapToObj(call -> schedule.at(call).equals(A) ? "a" : "b")
            .collect(Collectors.joining());
    assertThat(seen).isEqualTo(expected);
  }

  @Test
  void at_partsOfDifferentLength_repeatTheLastState() {
    Conditions.Call call = conditions(Optional.empty(), states(4), A, B).at(0);

    assertThat(call.prompt()).extracting(Conditioning::states).containsExactly(f(1, 2), f(3, 3));
    assertThat(call.prompt()).extracting(Conditioning::tokens).containsExactly(2, 2);
    assertThat(call.negative().states()).containsExactly(4);
  }

  @Test
  void at_padding_fillsTheShorterSideWithEmptyChunks() {
    Conditions.Call longPrompt = conditions(Optional.of(EMPTY), B, states(1, 2, 3), A).at(0);
    assertThat(longPrompt.prompt())
        .extracting(Conditioning::states)
        .containsExactly(f(1, 2, 3), f(1, 2, 2));
    assertThat(longPrompt.negative().states()).containsExactly(3, 9, 9);

    Conditions.Call longNegative = conditions(Optional.of(EMPTY), states(5, 6, 7), B, A).at(0);
    assertThat(longNegative.prompt())
        .extracting(Conditioning::states)
        .containsExactly(f(3, 3, 9), f(1, 2, 9));
    assertThat(longNegative.negative().states()).containsExactly(5, 6, 7);
  }

  @Test
  void at_schedulesOfDifferentLength_areStretchedCallByCall() {
    ConditioningSchedule changing =
        new ConditioningSchedule(List.of(new Entry(0, A), new Entry(5, B)));
    Conditions conditions =
        new Conditions(
            List.of(new Part(changing, 1), new Part(ConditioningSchedule.of(B), 1)),
            changing,
            Optional.empty());
    assertThat(conditions.at(0).prompt()).extracting(Conditioning::tokens).containsExactly(2, 2);
    assertThat(conditions.at(1).prompt()).extracting(Conditioning::tokens).containsExactly(1, 1);
    assertThat(conditions.at(0).negative()).isSameAs(A);
    assertThat(conditions.at(1).negative()).isSameAs(B);
  }

  @Test
  void new_nothing_isRefused() {
    assertThatThrownBy(() -> new ConditioningSchedule(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> new Conditions(List.of(), ConditioningSchedule.of(A), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Conditions conditions(
      Optional<Conditioning> padding, Conditioning negative, Conditioning... sides) {
    return new Conditions(
        List.of(sides).stream().map(side -> new Part(ConditioningSchedule.of(side), 1)).toList(),
        ConditioningSchedule.of(negative),
        padding);
  }

  private static float[] f(float... values) {
    return values;
  }
}
