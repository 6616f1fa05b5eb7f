package dev.sdlora.server.prompt;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.prompt.Prompt;
import dev.sdlora.api.prompt.PromptNode;
import dev.sdlora.api.prompt.Span;
import dev.sdlora.server.http.Refusal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Puts a LoRA into prompts as a click on its card does, changes its weight, and takes it out again
 * with what was put in along with it.
 *
 * @param prompt what the editor has
 * @param negativePrompt likewise
 */
record LoraEdit(String prompt, String negativePrompt) {

  /** What calls the LoRA up, behind its tag as the library writes it. */
  private static String words(LoraAdapter.Tag advice) {
    return advice.prompt().substring(advice.prompt().indexOf('>') + 1);
  }

  /**
   * The tag with its trigger words at the end; if it is there already, its weight alone changes.
   *
   * @param weight empty for the one that is advised, or 1
   */
  LoraEdit with(LoraAdapter lora, OptionalDouble weight, LoraLibrary loras) {
    List<PromptNode.Tag> tags = tags(lora, loras);
    if (!tags.isEmpty()) {
      return weight.isPresent() ? weighted(tags, weight.getAsDouble()) : this;
    }
    LoraAdapter.Tag advice = lora.tag(prompt, negativePrompt);
    String tag = advice.prompt().substring(0, advice.prompt().length() - words(advice).length());
    if (weight.isPresent()) {
      tag = "<lora:" + lora.name() + ":" + text(weight.getAsDouble()) + ">";
    }
    for (String between : List.of(separator(prompt, " "), "\n")) {
      String longer = prompt + between + tag + words(advice);
      if (stands(longer, prompt.length() + between.length(), lora.name())) {
        return new LoraEdit(longer, joined(negativePrompt, advice.negativePrompt()));
      }
    }
    throw new Refusal(
        422,
        ("the tag %s would not be read as one at the end of this prompt: either a tag before it is"
                + " not closed, or the name has a character that tags cannot have")
            .formatted(tag));
  }

  private static String text(double weight) {
    return LoraStrength.of(weight).tagArguments();
  }

  private static String separator(String before, String blank) {
    return before.isEmpty() || Character.isWhitespace(before.charAt(before.length() - 1))
        ? ""
        : blank;
  }

  private static String joined(String before, String more) {
    return more.isEmpty() ? before : before + separator(before, " ") + more;
  }

  private static boolean stands(String prompt, int start, String name) {
    return LoraTags.of(Prompt.parse(prompt)).stream()
        .anyMatch(tag -> tag.span().start() == start && LoraTags.name(tag).equals(name));
  }

  /** The tags that call a LoRA by the name of its file or its trainer. */
  private List<PromptNode.Tag> tags(LoraAdapter lora, LoraLibrary loras) {
    return LoraTags.of(Prompt.parse(prompt)).stream()
        .filter(
            tag -> {
              String name = LoraTags.name(tag);
              return name.equals(lora.name())
                  || (lora.alias().filter(name::equals).isPresent() && means(lora, name, loras));
            })
        .toList();
  }

  private static boolean means(LoraAdapter lora, String name, LoraLibrary loras) {
    try {
      return loras.find(name).path().equals(lora.path());
    } catch (LoraException e) {
      return false;
    }
  }

  private LoraEdit weighted(List<PromptNode.Tag> tags, double weight) {
    String changed = prompt;
    for (PromptNode.Tag tag : lastFirst(tags)) {
      changed = replaced(changed, tag.span(), LoraTags.weighted(tag, text(weight)));
    }
    return new LoraEdit(changed, negativePrompt);
  }

  /** So that the places of the others stay as they are. */
  private static List<PromptNode.Tag> lastFirst(List<PromptNode.Tag> tags) {
    List<PromptNode.Tag> reversed = new ArrayList<>(tags);
    Collections.reverse(reversed);
    return reversed;
  }

  private static String replaced(String text, Span span, String by) {
    return text.substring(0, span.start()) + by + text.substring(span.end());
  }

  /** Without its tags, the trigger words right behind them, and what it wants to be without. */
  LoraEdit without(LoraAdapter lora, LoraLibrary loras) {
    LoraAdapter.Tag advice = lora.tag();
    String rest = prompt;
    for (PromptNode.Tag tag : lastFirst(tags(lora, loras))) {
      int end = tag.span().end();
      boolean called = !words(advice).isBlank() && rest.startsWith(words(advice), end);
      rest = cut(rest, tag.span().start(), called ? end + words(advice).length() : end);
    }
    String unwanted = advice.negativePrompt();
    int at = unwanted.isEmpty() ? -1 : negativePrompt.indexOf(unwanted);
    return new LoraEdit(
        rest, at < 0 ? negativePrompt : cut(negativePrompt, at, at + unwanted.length()));
  }

  /** Cuts with one of two blanks around it, and one of two commas. */
  private static String cut(String text, int from, int to) {
    String before = text.substring(0, from);
    String after = text.substring(to);
    if (after.stripLeading().startsWith(",")
        && (before.isBlank() || before.strip().endsWith(","))) {
      after = after.stripLeading().substring(1);
    }
    boolean ends =
        after.isEmpty() || Character.isWhitespace(after.charAt(0)) || after.startsWith(",");
    if (ends && (before.endsWith(" ") || before.endsWith("\n"))) {
      before = before.substring(0, before.length() - 1);
    }
    return before.isEmpty() ? after.stripLeading() : before + after;
  }
}
