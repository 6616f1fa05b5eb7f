package dev.sdlora.prompt.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.prompt.grammar.Attention;
import dev.sdlora.prompt.grammar.WeightedText;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PromptScheduleTest {

  @ParameterizedTest
  @MethodSource("dev.sdlora.prompt.Goldens#a1111")
  void ofParts_goldenPrompt_agreesWithA1111(JsonNode golden) {
    String text = golden.get("text").textValue();

    List<PromptSchedule.Weighted> first =
        PromptSchedule.ofParts(text, PromptSteps.first(20), PromptLimits.NONE);
    List<PromptSchedule.Weighted> second =
        PromptSchedule.ofParts(text, PromptSteps.second(12, 20), PromptLimits.NONE);

    assertThat(entries(first)).isEqualTo(golden.get("schedule20"));
    assertThat(entries(second)).isEqualTo(golden.get("hires12"));
    for (int part = 0; part < first.size(); part++) {
      assertThat(first.get(part).weight())
          .isEqualTo(golden.get("and").get(part).get(1).doubleValue());
      assertAttention(first.get(part).schedule(), golden.get("scheduleAttention20").get(part));
    }
  }

  @ParameterizedTest
  @MethodSource("dev.sdlora.prompt.Goldens#strayBrackets")
  void of_strayBrackets_agreesWithLark(JsonNode golden) {
    PromptSchedule schedule =
        PromptSchedule.of(golden.get("text").textValue(), PromptSteps.first(6), PromptLimits.NONE);

    assertThat(entries(List.of(new PromptSchedule.Weighted(1, schedule))).get(0))
        .isEqualTo(golden.get("schedule6"));
  }

  private static ArrayNode entries(List<PromptSchedule.Weighted> parts) {
    ArrayNode result = JsonNodeFactory.instance.arrayNode();
    for (PromptSchedule.Weighted part : parts) {
      ArrayNode schedule = result.addArray();
      part.schedule()
          .entries()
          .forEach(entry -> schedule.addArray().add(entry.end()).add(entry.text()));
    }
    return result;
  }

  private static void assertAttention(PromptSchedule schedule, JsonNode golden) {
    assertThat(schedule.entries()).hasSameSizeAs(golden);
    for (int i = 0; i < golden.size(); i++) {
      List<WeightedText> pieces = Attention.parse(schedule.entries().get(i).text());
      JsonNode expected = golden.get(i).get(1);
      assertThat(pieces).hasSameSizeAs(expected);
      for (int j = 0; j < pieces.size(); j++) {
        assertThat(pieces.get(j).text()).isEqualTo(expected.get(j).get(0).textValue());
        assertThat(pieces.get(j).weight()).isEqualTo(expected.get(j).get(1).doubleValue());
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          [a:b:3]                ! 3:a 10:b
          [a:b:+3]               ! 3:a 10:b
          [a:b:\u00a03 ]         ! 3:a 10:b
          [a:b:1e0]              ! 1:a 10:b
          [a:b:1.0]              ! 10:a
          [a:b:3.]               ! 10:a
          [a:b:20]               ! 10:a
          [a:1.5]                ! 10:
          [a:b:0.05]             ! 10:b
          [a:b:-.5]              ! 10:b
          [a:b:5e-1]             ! 10:b
          [a:b:.15]              ! 1:a 10:b
          [a:b:0.99]             ! 9:a 10:b
          [a::3]                 ! 3:a 10:
          [:a:3]                 ! 3: 10:a
          [a:3]                  ! 3: 10:a
          [::3]                  ! 3: 10:
          [a:b]                  ! 10:[a:b]
          [a:b:c:3]              ! 10:[a:b:c:3]
          [a:b|c:3]              ! 10:[a:b|c:3]
          [a|b:0.5]              ! 10:[a|b:0.5]
          (a:b:3)                ! 10:(a:b:3)
          [a:b:3x]               ! 10:[a:b:3x]
          [a:b:\u0663]           ! 10:[a:b:\u0663]
          [a:b:3                 ! 10:[a:b:3
          \\[a:b:3\\]            ! 10:\\[a:b:3\\]
          [a\\:x:b:3]            ! 3:a\\:x 10:b
          ([a:b:3]:1.2)          ! 3:(a:1.2) 10:(b:1.2)
          [a:(b:1.2):0.5]        ! 5:a 10:(b:1.2)
          a[b:[c:d:2]:1]e        ! 1:abe 2:ace 10:ade
          x[b:c:3][d:e:0.5]      ! 3:xbd 5:xcd 10:xce
          [[a:b:9999999999]:c:1e999] ! 10:a
          [a|b]|[a:b:3]          ! 10:[a|b]|[a:b:3]
          [a:b:3]\\              ! 10:[a:b:3]\\
          [[a:b:3]               ! 3:[a 10:[b
          [a:b:3]]               ! 3:a] 10:b]
          [a:b:3]](              ! 10:[a:b:3]](
          [a:b:3]](:             ! 3:a](: 10:b](:
          """)
  void of_workedExample_hasTheseTexts(String text, String entries) {
    assertThat(
            PromptSchedule.of(text, PromptSteps.first(10), PromptLimits.NONE).entries().stream()
                .map(entry -> entry.end() + ":" + entry.text())
                .collect(Collectors.joining(" ")))
        .isEqualTo(entries);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      textBlock =
          """
          [a:b:0.5]  ! b b b b b b b b b b
          [a:b:5]    ! b b b b b b b b b b
          [a:b:1.5]  ! a a a a a b b b b b
          [a:b:12]   ! a a b b b b b b b b
          [[a|b]:c:13] ! a b a c c c c c c c
          [a|[b:c:14]] ! a b a b a c a c a c
          """)
  void of_secondPass_countsOnFromTheFirst(String text, String texts) {
    PromptSchedule schedule =
        PromptSchedule.of(text, PromptSteps.second(10, 10), PromptLimits.NONE);

    assertThat(IntStream.rangeClosed(1, 10).mapToObj(schedule::textAt).toList())
        .containsExactly(texts.split(" "));
  }

  @ParameterizedTest
  @CsvSource({"[a:b:1.0],1", "[a:b:2.9],2", "[a:b:0.5],5", "[a:b:.5e0],5", "[a:b:-0.5],0"})
  void of_oldTimelines_readsNumbersBelowOneAsShares(String text, int end) {
    PromptSchedule first = PromptSchedule.of(text, new PromptSteps(10, 0, true), PromptLimits.NONE);
    PromptSchedule second =
        PromptSchedule.of(text, new PromptSteps(7, 10, true), PromptLimits.NONE);

    assertThat(IntStream.rangeClosed(1, 10).filter(step -> first.textAt(step).equals("a")))
        .hasSize(end);
    assertThat(second).isEqualTo(first);
  }

  @Test
  void textAt_callsOfTheModel_firstTextHoldsOneCallMore() {
    PromptSchedule editing = PromptSchedule.of("[a:b:3]", PromptSteps.first(5), PromptLimits.NONE);
    PromptSchedule alternation =
        PromptSchedule.of("[a|b]", PromptSteps.first(5), PromptLimits.NONE);

    assertThat(IntStream.range(0, 7).mapToObj(editing::textAt))
        .containsExactly("a", "a", "a", "a", "b", "b", "a");
    assertThat(IntStream.range(0, 5).mapToObj(alternation::textAt))
        .containsExactly("a", "a", "b", "a", "b");
  }

  @Test
  void schedulePass_impossibleNumbers_areRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PromptSteps.first(0))
        .withMessage("steps must be at least 1: 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PromptSteps.second(1, -1))
        .withMessage("before must not be negative: -1");
  }
}
