package dev.sdlora.prompt.tree;

import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptNode;
import dev.sdlora.api.prompt.PromptNode.Attention;
import dev.sdlora.api.prompt.PromptNode.Bracket;
import dev.sdlora.api.prompt.PromptNode.Text;
import dev.sdlora.api.prompt.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds malformed parts in the text of a prompt. A1111 gives them some meaning; strict options
 * reject them.
 */
final class Mistakes {
  private static final Pattern NUMBER_LIKE = Pattern.compile(":\\s*+[+-]?[.\\d]++\\s*+$");

  /** An unclosed tag, except for LoRA tags, which {@link NearMissTags} finds. */
  private static final Pattern OPEN_TAG =
      Pattern.compile("<(?!lora:|lyco:)\\w++:", Pattern.UNICODE_CHARACTER_CLASS);

  private final String prompt;
  private final List<Finding> found = new ArrayList<>();

  private Mistakes(String prompt) {
    this.prompt = prompt;
  }

  /** Returns the mistakes of a prompt, tags apart, in order. */
  static List<Finding> of(String prompt, Prompt tree) {
    Mistakes mistakes = new Mistakes(prompt);
    tree.parts().forEach(part -> mistakes.checkAll(part.nodes()));
    return mistakes.found;
  }

  private void checkAll(List<PromptNode> nodes) {
    for (PromptNode node : nodes) {
      if (node instanceof Text text) {
        check(text);
      } else if (node instanceof Bracket bracket) {
        add(bracket.span(), "'" + bracket.text() + "'", "has no matching bracket");
      } else if (node instanceof Attention attention) {
        check(attention);
      }
      checkAll(node.children());
    }
  }

  private void check(Text text) {
    Matcher tag = OPEN_TAG.matcher(text.text());
    while (tag.find()) {
      add(within(text, tag.start(), tag.end()), "the tag '" + tag.group() + "'", "is not closed");
    }
    int bar = text.text().indexOf('|');
    while (bar >= 0) {
      int at = text.span().start() + bar;
      if (at == 0 || prompt.charAt(at - 1) != '\\') {
        add(
            new Span(at, at + 1),
            "'|'",
            "is outside an alternation, which disables all prompt editing");
      }
      bar = text.text().indexOf('|', bar + 1);
    }
  }

  private void check(Attention attention) {
    if (attention.closing().isEmpty()) {
      Span open = new Span(attention.span().start(), attention.span().start() + 1);
      add(open, "'" + attention.bracket() + "'", "is never closed and acts up to the end");
      return;
    }
    String last = lastText(attention);
    if (attention.bracket() == '[') {
      if (last.contains(":")) {
        add(
            attention.span(),
            "'['",
            "does not begin prompt editing: a number must follow its last colon");
      }
    } else if (attention.closing().get().equals(")") && NUMBER_LIKE.matcher(last).find()) {
      add(
          attention.span(),
          "'('",
          "has a weight that is not a number, on which A1111 fails; it is read as text here");
    }
  }

  private static String lastText(Attention attention) {
    List<PromptNode> inside = attention.children();
    return !inside.isEmpty() && inside.get(inside.size() - 1) instanceof Text text
        ? text.text()
        : "";
  }

  private static Span within(Text text, int from, int to) {
    return new Span(text.span().start() + from, text.span().start() + to);
  }

  private void add(Span span, String what, String trouble) {
    found.add(Finding.mistake(span, what, trouble));
  }
}
