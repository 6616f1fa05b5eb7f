package dev.sdlora.prompt.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.prompt.Span;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SwitchesTest {

  @Property
  void find_anyText_switchesAreNestedOrApart(@ForAll String text) {
    assertNested(Switches.find(text));
  }

  @Property
  void find_textOfSyntax_switchesAreNestedOrApart(
      @ForAll @Chars({'(', ')', '[', ']', ':', '|', '\\', '3', ' ', 'a', '\n'}) String text) {
    assertNested(Switches.find(text));
    assertNested(Switches.find("[[a:" + text + ":3]|[b:5]]" + text));
    assertThat(PromptSchedule.of(text, PromptSteps.first(9), PromptLimits.NONE).entries())
        .isNotEmpty();
  }

  private static void assertNested(List<Switch> switches) {
    for (int i = 1; i < switches.size(); i++) {
      Span outer = switches.get(i - 1).span();
      Span inner = switches.get(i).span();
      assertThat(outer.start()).isLessThan(inner.start());
      assertThat(inner.start() >= outer.end() || inner.end() < outer.end()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"(", "[", ")", "[a:", "[a|", "[a:b:3]", "[a:b:3]]", "[:", "[|", " ", "3"})
  @Timeout(600)
  void find_longText_finishes(String part) {
    String text = part.repeat(200_000 / part.length());

    Switches.find(text);
    Switches.find("[a:b:3" + text);
  }

  @ParameterizedTest
  @ValueSource(strings = {":9]", "|a]"})
  @Timeout(600)
  void find_deeplyNested_finishes(String close) {
    int depth = 100_000;

    assertThat(Switches.find("[".repeat(depth) + close.repeat(depth))).hasSize(depth);
  }
}
