package dev.sdlora.pipeline.lora;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.lora.library.LoraCards;
import dev.sdlora.lora.library.Triggers;
import dev.sdlora.prompt.grammar.ExtraNetwork;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * The texts that prompts need for a LoRA, from its file and from the files next to it.
 *
 * @param triggers the trigger words
 * @param weight the recommended strength
 * @param negativeText the recommended negative prompt
 */
public record LoraTexts(Triggers triggers, OptionalDouble weight, Optional<String> negativeText) {
  /** The maximum number of a file's other styles in a warning. */
  private static final int MOST_STYLES = 5;

  /** Longer texts are truncated in warnings. */
  private static final int LONGEST = 80;

  private static final LoraStrength PLAIN = LoraStrength.of(1);

  public static LoraTexts of(LoraAdapter lora, LoraCards cards) {
    return new LoraTexts(
        cards.triggers(lora),
        cards.preferredWeight(lora),
        cards.negativeText(lora).map(LoraTexts::withoutTags).filter(text -> !text.isEmpty()));
  }

  /**
   * Removes tags of LoRAs: otherwise a LoRA named in the description of another would apply twice,
   * or without being requested.
   */
  private static String withoutTags(String text) {
    return ExtraNetworks.cut(text).text().strip().replaceAll("\\s+", " ");
  }

  /** Returns the trigger words to add to a prompt. */
  Optional<String> words() {
    return triggers.first().map(LoraTexts::withoutTags).filter(text -> !text.isEmpty());
  }

  /** Returns the text that A1111 adds to the negative prompt; the weight of 1 has no effect. */
  public Optional<String> negative() {
    return negativeText.map(text -> "(" + text + ":1)");
  }

  /** Returns the recommended strength if the given one is the default; otherwise the given one. */
  public LoraStrength advised(LoraStrength strength) {
    return strength.equals(PLAIN) && weight.isPresent()
        ? LoraStrength.of(weight.getAsDouble())
        : strength;
  }

  /**
   * Returns the text that a click on the card of the LoRA adds to the prompt.
   *
   * @param prompt the prompt to extend, with its tags
   */
  public String tag(LoraAdapter lora, String prompt) {
    String tag = "<lora:" + lora.name() + ":" + advised(lora.strength()).tagArguments() + ">";
    return tag + missing(prompt).map(text -> " " + text).orElse("");
  }

  /** Returns the trigger words to add; empty if the prompt already contains some. */
  public Optional<String> missing(String prompt) {
    return triggers.areIn(ExtraNetworks.cut(prompt).text()) ? Optional.empty() : words();
  }

  /** Returns the negative text to add; empty if the negative prompt already contains it. */
  public Optional<String> missingNegative(String against) {
    return negativeText
        .filter(text -> !lower(against).contains(lower(text)))
        .flatMap(text -> negative());
  }

  /** Normalizes a text for comparisons: lower case, single blanks. */
  public static String lower(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
  }

  /**
   * Whether the LoRA acts in the direction of its training: false if it is off or all strengths are
   * negative.
   */
  public static boolean isCalledUp(LoraStrength strength) {
    return strength.textEncoder() > 0
        || strength.unet().points().stream().anyMatch(point -> point.strength() > 0);
  }

  /**
   * Returns the warning that a prompt contains no trigger word of a LoRA.
   *
   * @param name the LoRA's name in the prompt
   * @param prompt the prompt without tags
   * @return empty if it contains one, or none is known
   */
  public Optional<String> missing(String name, String prompt) {
    if (triggers.isEmpty() || triggers.areIn(prompt)) {
      return Optional.empty();
    }
    List<String> styles = triggers.styles().stream().map(LoraTexts::quoted).toList();
    StringBuilder text = new StringBuilder("LoRA '" + name + "' is triggered by ");
    text.append(styles.get(0)).append(", which is not in the prompt");
    if (styles.size() > 1) {
      text.append(", nor are the trigger words of other styles in the same file: ")
          .append(styles.stream().skip(1).limit(MOST_STYLES).collect(Collectors.joining(", ")));
      int more = styles.size() - 1 - MOST_STYLES;
      text.append(more > 0 ? " and " + more + " more" : "");
    }
    return Optional.of(
        text.append("; addTriggerWords(true) or --trigger-words adds the first").toString());
  }

  private static String quoted(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return "'" + (line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…") + "'";
  }

  /**
   * Returns a tag with the recommended strength; empty if the tag has a strength or none is
   * recommended.
   */
  public Optional<String> weighted(ExtraNetwork tag) {
    boolean plain =
        tag.positional().size() == 1
            && !tag.named().containsKey("te")
            && !tag.named().containsKey("unet");
    return weight.isEmpty() || !plain
        ? Optional.empty()
        : Optional.of(
            new ExtraNetwork(
                    tag.kind(),
                    List.of(
                        tag.positional().get(0),
                        LoraStrength.of(weight.getAsDouble()).tagArguments()),
                    tag.named(),
                    tag.offset())
                .tag());
  }
}
