package dev.sdlora.families.conditioning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.families.conditioning.Conditions.Part;
import dev.sdlora.prompt.schedule.PromptSchedule;
import dev.sdlora.prompt.schedule.PromptSchedule.Entry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConditionsTest {
  private static final Conditioning A = states(1, 2);
  private static final Conditioning B = states(3);
  private static final Conditioning EMPTY = states(9);

  private static Conditioning states(float... values) {
    return new Conditioning(values, values.length, 1);
  }

  private static ConditioningSchedule schedule(int end, Conditioning first, Conditioning then) {
    return new ConditioningSchedule(
        new PromptSchedule(List.of(new Entry(end, "first"), new Entry(end + 5, "then"))),
        Map.of("first", first, "then", then));
  }

  /** Counts like A1111: a text that ends with step 3 applies to four calls. */
  @Test
  void at_schedule_countsCallsFromZeroAndStepsFromOne() {
    ConditioningSchedule schedule = schedule(3, A, B);
    assertThat(IntStream.range(0, 10).mapToObj(schedule::at))
        .containsExactly(A, A, A, A, B, B, B, B, B, A);
  }

  @Test
  void at_partsOfDifferentLength_repeatTheLastState() {
    Conditions.Call call = conditions(Optional.empty(), states(4), A, B).at(0);

    assertThat(call.prompt()).extracting(Conditioning::states).containsExactly(f(1, 2), f(3, 3));
    assertThat(call.prompt()).extracting(Conditioning::tokens).containsExactly(2, 2);
    assertThat(call.negative().states()).containsExactly(4);
  }

  @Test
  void at_partsThatKeepTheirLengths_areUnchangedAfterEveryCopy() {
    Conditions even = conditions(Optional.empty(), states(4), A, B);
    Conditions own = new Conditions(even.parts(), even.negative(), Optional.empty(), false);

    assertThat(own.at(0).prompt()).containsExactly(A, B);
    assertThat(own.in(List.of(Optional.empty(), Optional.empty())).at(0).prompt())
        .containsExactly(A, B);
    assertThat(own.withRegions(List.of(own)).at(0).prompt())
        .extracting(Conditioning::tokens)
        .containsExactly(2, 1);
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
    ConditioningSchedule changing = schedule(0, A, B);
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
    PromptSchedule texts = new PromptSchedule(List.of(new Entry(3, "a"), new Entry(5, "b")));
    assertThatThrownBy(() -> new ConditioningSchedule(texts, Map.of("a", A)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no states for text: b");
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
