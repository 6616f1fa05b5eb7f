package dev.sdlora.prompt.tree;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptNode;
import dev.sdlora.api.prompt.PromptNode.Alternation;
import dev.sdlora.api.prompt.PromptNode.And;
import dev.sdlora.api.prompt.PromptNode.Attention;
import dev.sdlora.api.prompt.PromptNode.Bracket;
import dev.sdlora.api.prompt.PromptNode.Break;
import dev.sdlora.api.prompt.PromptNode.Comment;
import dev.sdlora.api.prompt.PromptNode.Editing;
import dev.sdlora.api.prompt.PromptNode.Escape;
import dev.sdlora.api.prompt.PromptNode.PartWeight;
import dev.sdlora.api.prompt.PromptNode.Tag;
import dev.sdlora.api.prompt.PromptNode.Text;
import dev.sdlora.api.prompt.Span;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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

  @Test
  void parse_everyKindOfNode_hasSpansAndContents() {
    Prompt prompt = PromptParser.parse("(a:1.2)[b:c: 3]\\( [d|] BREAK<lora:x:te=1>#y\nANDz:2 ");

    assertThat(prompt.parts().get(0).nodes())
        .containsExactly(
            new Attention(
                new Span(0, 7),
                '(',
                List.of(new Text(new Span(1, 2), "a")),
                Optional.of(":1.2)"),
                1.2),
            new Editing(
                new Span(7, 15),
                Optional.of(List.of(new Text(new Span(8, 9), "b"))),
                List.of(new Text(new Span(10, 11), "c")),
                " 3"),
            new Escape(new Span(15, 17), "\\("),
            new Text(new Span(17, 18), " "),
            new Alternation(
                new Span(18, 22), List.of(List.of(new Text(new Span(19, 20), "d")), List.of())),
            new Text(new Span(22, 23), " "),
            new Break(new Span(23, 28), "BREAK"),
            new Tag(new Span(28, 41), "lora", List.of("x", "te=1")),
            new Comment(new Span(41, 43), "#y"),
            new Text(new Span(43, 48), "\nANDz"),
            new PartWeight(new Span(48, 50), ":2"),
            new Text(new Span(50, 51), " "));
    assertThat(prompt.parts()).extracting(Prompt.Part::weight).containsExactly(2.0);
  }

  @Test
  void parse_and_endsParts() {
    Prompt prompt = PromptParser.parse("a :.5 AND b");

    assertThat(prompt.parts())
        .containsExactly(
            new Prompt.Part(
                List.of(
                    new Text(new Span(0, 1), "a"),
                    new PartWeight(new Span(1, 5), " :.5"),
                    new Text(new Span(5, 6), " "),
                    new And(new Span(6, 9), "AND")),
                0.5),
            new Prompt.Part(List.of(new Text(new Span(9, 11), " b")), 1));
  }

  @Test
  void parse_bracketsWithoutPartner_actToTheEndOrStand() {
    assertThat(PromptParser.parse("(a)]([b").parts().get(0).nodes())
        .satisfiesExactly(
            closed -> assertThat(((Attention) closed).closing()).contains(")"),
            stray -> assertThat(stray).isEqualTo(new Bracket(new Span(3, 4), "]")),
            open ->
                assertThat(open)
                    .isEqualTo(
                        new Attention(
                            new Span(4, 7),
                            '(',
                            List.of(
                                new Attention(
                                    new Span(5, 7),
                                    '[',
                                    List.of(new Text(new Span(6, 7), "b")),
                                    Optional.empty(),
                                    1 / 1.1)),
                            Optional.empty(),
                            1.1)));
    assertThat(PromptParser.parse("(a[b)c]").parts().get(0).nodes())
        .hasSize(3)
        .last()
        .isEqualTo(new Bracket(new Span(6, 7), "]"));
  }

  @Test
  void parse_withoutBeforeOrWithEmptyBefore_isToldApart() {
    assertThat(PromptParser.parse("[a:3][:a:3]").parts().get(0).nodes())
        .extracting(node -> ((Editing) node).before().map(List::size))
        .containsExactly(Optional.empty(), Optional.of(0));
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
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
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
      assertThat(text.substring(node.span().start(), end))
          .isEqualTo(PromptNode.print(List.of(node)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(", "[", "([", "(a", ")", "[a|", "[a:b:3]", "[:", "\\", "#", "<a:b>", "AND ", "(a[b)c]"
      })
  @Timeout(value = 60, unit = TimeUnit.SECONDS)
  void parse_longText_finishes(String part) {
    String text = part.repeat(100_000 / part.length());
    int depth = 30_000;

    assertThat(PromptParser.parse(text)).hasToString(text);
    for (String close : List.of(")", "]", ":3]", "|a]")) {
      String nested = (close.equals(")") ? "(" : "[").repeat(depth) + close.repeat(depth);
      assertThat(PromptParser.parse(nested))
          .hasToString(nested)
          .isEqualTo(PromptParser.parse(nested));
    }
  }
}
