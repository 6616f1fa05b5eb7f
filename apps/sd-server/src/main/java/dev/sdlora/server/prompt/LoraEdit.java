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
 * Adds a LoRA to prompts as a click on its card does, changes its weight, and removes it with
 * everything that was added with it.
 *
 * @param prompt the prompt in the editor
 * @param negativePrompt the negative prompt in the editor
 */
record LoraEdit(String prompt, String negativePrompt) {

  /** Returns the trigger words that follow the tag recommended by the library. */
  private static String words(String advice) {
    return advice.substring(advice.indexOf('>') + 1);
  }

  /**
   * Appends the tag with its trigger words; if there is a tag already, only its weight changes.
   *
   * @param weight the weight; empty for the recommended one, or 1
   */
  LoraEdit with(LoraAdapter lora, OptionalDouble weight, LoraLibrary loras) {
    List<PromptNode> tags = tags(lora, loras);
    if (!tags.isEmpty()) {
      return weight.isPresent() ? weighted(tags, weight.getAsDouble()) : this;
    }
    String advice = lora.tag(prompt);
    String tag = advice.substring(0, advice.length() - words(advice).length());
    if (weight.isPresent()) {
      tag = "<lora:" + lora.name() + ":" + text(weight.getAsDouble()) + ">";
    }
    for (String between : List.of(separator(prompt, " "), "\n")) {
      String longer = prompt + between + tag + words(advice);
      if (stands(longer, prompt.length() + between.length(), lora.name())) {
        return new LoraEdit(
            longer, joined(negativePrompt, lora.negativeText(negativePrompt).orElse("")));
      }
    }
    throw new Refusal(
        422,
        "the tag %s would not be recognised at the end of this prompt: either an earlier tag is not closed, or the name has a character that tags cannot have"
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

  /** Returns the tags that name a LoRA by its file or its trainer's name. */
  private List<PromptNode> tags(LoraAdapter lora, LoraLibrary loras) {
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

  private LoraEdit weighted(List<PromptNode> tags, double weight) {
    String changed = prompt;
    for (PromptNode tag : lastFirst(tags)) {
      changed = replaced(changed, tag.span(), LoraTags.weighted(tag, text(weight)));
    }
    return new LoraEdit(changed, negativePrompt);
  }

  /** Reverses the order, so that edits do not move the remaining tags. */
  private static List<PromptNode> lastFirst(List<PromptNode> tags) {
    List<PromptNode> reversed = new ArrayList<>(tags);
    Collections.reverse(reversed);
    return reversed;
  }

  private static String replaced(String text, Span span, String by) {
    return text.substring(0, span.start()) + by + text.substring(span.end());
  }

  /** Removes the LoRA's tags, the trigger words that follow them, and its negative prompt. */
  LoraEdit without(LoraAdapter lora, LoraLibrary loras) {
    String advice = lora.tag();
    String rest = prompt;
    for (PromptNode tag : lastFirst(tags(lora, loras))) {
      int end = tag.span().end();
      boolean called = !words(advice).isBlank() && rest.startsWith(words(advice), end);
      rest = cut(rest, tag.span().start(), called ? end + words(advice).length() : end);
    }
    String unwanted = lora.negativeText().orElse("");
    int at = unwanted.isEmpty() ? -1 : negativePrompt.indexOf(unwanted);
    return new LoraEdit(
        rest, at < 0 ? negativePrompt : cut(negativePrompt, at, at + unwanted.length()));
  }

  /** Cuts a part with one of two surrounding blanks and one of two commas. */
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
