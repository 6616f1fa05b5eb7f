package dev.sdlora.prompt.tree;

import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptNode;
import dev.sdlora.api.prompt.PromptNode.Kind;
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
      switch (node.kind()) {
        case TEXT -> checkText(node);
        case BRACKET -> add(node.span(), "'" + node + "'", "has no matching bracket");
        case ATTENTION -> checkAttention(node);
        default -> {}
      }
      checkAll(node.children());
    }
  }

  private void checkText(PromptNode node) {
    String text = node.toString();
    Matcher tag = OPEN_TAG.matcher(text);
    while (tag.find()) {
      add(within(node, tag.start(), tag.end()), "the tag '" + tag.group() + "'", "is not closed");
    }
    int bar = text.indexOf('|');
    while (bar >= 0) {
      int at = node.span().start() + bar;
      if (at == 0 || prompt.charAt(at - 1) != '\\') {
        add(
            new Span(at, at + 1),
            "'|'",
            "is outside an alternation, which disables all prompt editing");
      }
      bar = text.indexOf('|', bar + 1);
    }
  }

  private void checkAttention(PromptNode attention) {
    String opening = attention.literals().get(0);
    String closing = attention.literals().get(1);
    if (closing.isEmpty()) {
      Span open = new Span(attention.span().start(), attention.span().start() + 1);
      add(open, "'" + opening + "'", "is never closed and acts up to the end");
      return;
    }
    String last = lastText(attention);
    if (opening.equals("[")) {
      if (last.contains(":")) {
        add(
            attention.span(),
            "'['",
            "does not begin prompt editing: a number must follow its last colon");
      }
    } else if (closing.equals(")") && NUMBER_LIKE.matcher(last).find()) {
      add(
          attention.span(),
          "'('",
          "has a weight that is not a number, on which A1111 fails; it is read as text here");
    }
  }

  private static String lastText(PromptNode attention) {
    List<PromptNode> inside = attention.children();
    PromptNode last = inside.isEmpty() ? attention : inside.get(inside.size() - 1);
    return last.kind() == Kind.TEXT ? last.toString() : "";
  }

  private static Span within(PromptNode text, int from, int to) {
    return new Span(text.span().start() + from, text.span().start() + to);
  }

  private void add(Span span, String what, String trouble) {
    found.add(Finding.mistake(span, what, trouble));
  }
}
