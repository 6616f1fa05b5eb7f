package dev.sdlora.prompt.tree;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptNode;
import dev.sdlora.api.prompt.PromptNode.Kind;
import dev.sdlora.api.prompt.Span;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PromptParserTest {
  private static PromptNode leaf(Kind kind, Span span, String text) {
    return new PromptNode(kind, span, text);
  }

  @Test
  void parse_everyKindOfNode_hasSpansAndContents() {
    Prompt prompt = PromptParser.parse("(a:1.2)[b:c: 3]\\( [d|] BREAK<lora:x:te=1>#y\nANDz:2 ");

    assertThat(prompt.parts().get(0).nodes())
        .containsExactly(
            new PromptNode(
                Kind.ATTENTION,
                new Span(0, 7),
                List.of("(", ":1.2)"),
                List.of(List.of(leaf(Kind.TEXT, new Span(1, 2), "a"))),
                1.2),
            new PromptNode(
                Kind.EDITING,
                new Span(7, 15),
                List.of("[", ":", ": 3]"),
                List.of(
                    List.of(leaf(Kind.TEXT, new Span(8, 9), "b")),
                    List.of(leaf(Kind.TEXT, new Span(10, 11), "c"))),
                1),
            leaf(Kind.ESCAPE, new Span(15, 17), "\\("),
            leaf(Kind.TEXT, new Span(17, 18), " "),
            new PromptNode(
                Kind.ALTERNATION,
                new Span(18, 22),
                List.of("[", "|", "]"),
                List.of(List.of(leaf(Kind.TEXT, new Span(19, 20), "d")), List.of()),
                1),
            leaf(Kind.TEXT, new Span(22, 23), " "),
            leaf(Kind.BREAK, new Span(23, 28), "BREAK"),
            leaf(Kind.TAG, new Span(28, 41), "<lora:x:te=1>"),
            leaf(Kind.COMMENT, new Span(41, 43), "#y"),
            leaf(Kind.TEXT, new Span(43, 48), "\nANDz"),
            leaf(Kind.PART_WEIGHT, new Span(48, 50), ":2"),
            leaf(Kind.TEXT, new Span(50, 51), " "));
    assertThat(prompt.parts()).extracting(Prompt.Part::weight).containsExactly(2.0);
    assertThat(prompt.parts().get(0).nodes().get(1).when()).isEqualTo(" 3");
    PromptNode tag = prompt.parts().get(0).nodes().get(7);
    assertThat(tag.tagName()).isEqualTo("lora");
    assertThat(tag.tagArguments()).containsExactly("x", "te=1");
  }

  @Test
  void parse_and_endsParts() {
    Prompt prompt = PromptParser.parse("a :.5 AND b");

    assertThat(prompt.parts())
        .containsExactly(
            new Prompt.Part(
                List.of(
                    leaf(Kind.TEXT, new Span(0, 1), "a"),
                    leaf(Kind.PART_WEIGHT, new Span(1, 5), " :.5"),
                    leaf(Kind.TEXT, new Span(5, 6), " "),
                    leaf(Kind.AND, new Span(6, 9), "AND")),
                0.5),
            new Prompt.Part(List.of(leaf(Kind.TEXT, new Span(9, 11), " b")), 1));
  }

  @Test
  void parse_bracketsWithoutPartner_actToTheEndOrStand() {
    assertThat(PromptParser.parse("(a)]([b").parts().get(0).nodes())
        .satisfiesExactly(
            closed -> assertThat(closed.literals()).containsExactly("(", ")"),
            stray -> assertThat(stray).isEqualTo(leaf(Kind.BRACKET, new Span(3, 4), "]")),
            open ->
                assertThat(open)
                    .isEqualTo(
                        new PromptNode(
                            Kind.ATTENTION,
                            new Span(4, 7),
                            List.of("(", ""),
                            List.of(
                                List.of(
                                    new PromptNode(
                                        Kind.ATTENTION,
                                        new Span(5, 7),
                                        List.of("[", ""),
                                        List.of(List.of(leaf(Kind.TEXT, new Span(6, 7), "b"))),
                                        1 / 1.1))),
                            1.1)));
    assertThat(PromptParser.parse("(a[b)c]").parts().get(0).nodes())
        .hasSize(3)
        .last()
        .isEqualTo(leaf(Kind.BRACKET, new Span(6, 7), "]"));
  }

  @Test
  void parse_withoutBeforeOrWithEmptyBefore_isToldApart() {
    assertThat(PromptParser.parse("[a:3][:a:3]").parts().get(0).nodes())
        .extracting(node -> node.branches().size())
        .containsExactly(1, 2);
  }

  @ParameterizedTest
  @MethodSource("dev.sdlora.prompt.Goldens#a1111")
  void print_goldenPrompt_isWhatWasParsed(JsonNode golden) {
    assertRoundTrip(golden.get("prompt").textValue());
  }

  @Property
  void print_anyText_isWhatWasParsed(@ForAll String text) {
    assertRoundTrip(text);
  }

  @Property
  void print_textOfSyntax_isWhatWasParsed(@ForAll("syntax") List<String> parts) {
    assertRoundTrip(String.join("", parts));
  }

  @Provide
  Arbitrary<List<String>> syntax() {
    return Arbitraries.of(
            "(",
            ")",
            "[",
            "]",
            ":",
            "|",
            "\\",
            "1.5",
            "3",
            " ",
            "a",
            "\n",
            "#",
            "<lora:x:1>",
            "<lora:",
            ">",
            " AND ",
            "AN",
            "D",
            " BREAK ",
            "BRE",
            "AK",
            "[a:b:",
            ":.5)",
            "é\ud83d\ude00")
        .list()
        .ofMaxSize(40);
  }

  /** Searching for BREAK up to the end of the prompt, once for each editing, took over a minute. */
  @Test
  @Timeout(600)
  void parse_manyEditings_takesLinearTime() {
    String text = "[a:b:3]".repeat(150_000);

    assertThat(PromptParser.parse(text).parts().get(0).nodes()).hasSize(150_000);
  }

  private static void assertRoundTrip(String text) {
    Prompt prompt = PromptParser.parse(text);

    assertThat(prompt).hasToString(text);
    assertThat(PromptParser.parse(prompt.toString())).isEqualTo(prompt);
    prompt.parts().forEach(part -> assertSpans(part.nodes(), text));
  }

  private static void assertSpans(List<PromptNode> nodes, String text) {
    int end = 0;
    for (PromptNode node : nodes) {
      assertThat(node.span().start()).isGreaterThanOrEqualTo(end);
      end = node.span().end();
      assertThat(text.substring(node.span().start(), end)).isEqualTo(node.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(", "[", "([", "(a", ")", "[a|", "[a:b:3]", "[:", "\\", "#", "<a:b>", "AND ", "(a[b)c]"
      })
  @Timeout(600)
  void parse_longText_finishes(String part) {
    String text = part.repeat(100_000 / part.length());

    assertThat(PromptParser.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {")", "]", ":3]", "|a]"})
  @Timeout(600)
  void parse_deeplyNested_finishes(String close) {
    int depth = 30_000;
    String nested = (close.equals(")") ? "(" : "[").repeat(depth) + close.repeat(depth);

    assertThat(PromptParser.parse(nested))
        .hasToString(nested)
        .isEqualTo(PromptParser.parse(nested));
  }
}
