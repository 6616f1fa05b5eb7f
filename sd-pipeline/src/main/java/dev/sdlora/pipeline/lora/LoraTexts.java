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
 * What prompts need to draw with a LoRA, by what is written beside its file and in it.
 *
 * @param triggers what calls it up
 * @param weight the strength that is advised
 * @param negativeText for the negative prompt
 */
public record LoraTexts(Triggers triggers, OptionalDouble weight, Optional<String> negativeText) {
  /** More of a file's styles are not told. */
  private static final int MOST_STYLES = 5;

  /** Longer texts are cut in warnings. */
  private static final int LONGEST = 80;

  private static final LoraStrength PLAIN = LoraStrength.of(1);

  public static LoraTexts of(LoraAdapter lora, LoraCards cards) {
    return new LoraTexts(
        cards.triggers(lora),
        cards.preferredWeight(lora),
        cards.negativeText(lora).map(LoraTexts::withoutTags).filter(text -> !text.isEmpty()));
  }

  /** A LoRA that is named in what is written about another would act twice, or unasked. */
  private static String withoutTags(String text) {
    return ExtraNetworks.cut(text).text().strip().replaceAll("\\s+", " ");
  }

  /** What calls it up, to be written into a prompt. */
  Optional<String> words() {
    return triggers.first().map(LoraTexts::withoutTags).filter(text -> !text.isEmpty());
  }

  /** What A1111 writes into the negative prompt: its brackets change nothing. */
  public Optional<String> negative() {
    return negativeText.map(text -> "(" + text + ":1)");
  }

  /** A strength, or the one that is advised if that is the one that LoRAs are opened with. */
  public LoraStrength advised(LoraStrength strength) {
    return strength.equals(PLAIN) && weight.isPresent()
        ? LoraStrength.of(weight.getAsDouble())
        : strength;
  }

  /**
   * What a click on the card of the LoRA writes.
   *
   * @param prompt to which it is added, with its tags
   * @param against the negative prompt of the same request
   */
  public LoraAdapter.Tag tag(LoraAdapter lora, String prompt, String against) {
    String tag = "<lora:" + lora.name() + ":" + advised(lora.strength()).tagArguments() + ">";
    return new LoraAdapter.Tag(
        tag + missing(prompt).map(text -> " " + text).orElse(""), negative(against).orElse(""));
  }

  /** Of what calls it up, what a prompt lacks. */
  public Optional<String> missing(String prompt) {
    return triggers.areIn(ExtraNetworks.cut(prompt).text()) ? Optional.empty() : words();
  }

  /** Of what belongs into the negative prompt, what that lacks. */
  private Optional<String> negative(String against) {
    return negativeText
        .filter(text -> !lower(against).contains(lower(text)))
        .flatMap(text -> negative());
  }

  /** In which texts are compared: whatever the case and the blanks. */
  public static String lower(String text) {
    return text.toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
  }

  /**
   * Whether it acts the way that it was trained to: not if it is off, or turned into its opposite.
   */
  public static boolean isCalledUp(LoraStrength strength) {
    return strength.textEncoder() > 0
        || strength.unet().points().stream().anyMatch(point -> point.strength() > 0);
  }

  /**
   * The warning that nothing in a prompt calls a LoRA up.
   *
   * @param name what the prompt calls it
   * @param prompt without tags
   * @return empty if something does, or nobody says what would
   */
  public Optional<String> missing(String name, String prompt) {
    if (triggers.isEmpty() || triggers.areIn(prompt)) {
      return Optional.empty();
    }
    List<String> styles = triggers.styles().stream().map(LoraTexts::quoted).toList();
    StringBuilder text = new StringBuilder("LoRA '" + name + "' is called up by ");
    text.append(styles.get(0)).append(", which is not in the prompt");
    if (styles.size() > 1) {
      text.append(", nor is what calls up other styles in the same file: ")
          .append(styles.stream().skip(1).limit(MOST_STYLES).collect(Collectors.joining(", ")));
      int more = styles.size() - 1 - MOST_STYLES;
      text.append(more > 0 ? " and " + more + " more" : "");
    }
    return Optional.of(
        text.append("; addTriggerWords(true) or --trigger-words puts the first in").toString());
  }

  private static String quoted(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return "'" + (line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…") + "'";
  }

  /** A tag with the strength that is advised, if it has none of its own and there is one. */
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
