package dev.sdlora.pipeline.request;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.lora.library.LoraCards;
import dev.sdlora.pipeline.lora.LoraTexts;
import dev.sdlora.prompt.grammar.ExtraNetwork;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.prompt.grammar.LoraTag;
import dev.sdlora.prompt.grammar.Styles;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Puts into the prompts of a request what the authors of its LoRAs advise, as clicks on their cards
 * do in A1111. What comes out says all of it, so that images tell it. Immutable.
 */
final class TriggerWordPrompts {
  /** Before these no comma is needed. */
  private static final String NO_COMMA = ",.;:|)]}";

  private final LoraCards cards;
  private final Function<String, LoraAdapter> library;

  /**
   * Advice for requests.
   *
   * @param library finds the LoRAs that tags name; those that it refuses are passed over
   */
  TriggerWordPrompts(LoraCards cards, Function<String, LoraAdapter> library) {
    this.cards = cards;
    this.library = library;
  }

  /** A request with all that it asks for in its prompts, styles too; the same if it does not. */
  PromptSpec of(PromptSpec spec) {
    if (!spec.addTriggerWords()) {
      return spec;
    }
    PromptSpec styled = Styles.merged(spec);
    Prompts first = put(styled.prompt(), styled.negativePrompt(), styled);
    PromptSpec.Builder advised =
        styled.toBuilder()
            .addTriggerWords(false)
            .prompt(first.prompt)
            .negativePrompt(first.negative)
            .noLoras();
    for (LoraAdapter lora : styled.loras()) {
      advised.lora(lora.toBuilder().strength(texts(lora).advised(lora.strength())).build());
    }
    styled.hiresFix().map(fix -> put(fix, styled, first)).ifPresent(advised::hiresFix);
    return advised.build();
  }

  private record Prompts(String prompt, String negative) {}

  private HiresFix put(HiresFix fix, PromptSpec spec, Prompts first) {
    Prompts second =
        put(
            fix.prompt().orElse(spec.prompt()),
            fix.negativePrompt().orElse(spec.negativePrompt()),
            spec);
    HiresFix.Builder advised = fix.toBuilder();
    fix.prompt().ifPresent(own -> advised.prompt(second.prompt));
    if (!second.negative.equals(first.negative)) {
      advised.negativePrompt(second.negative);
    }
    return advised.build();
  }

  private Prompts put(String prompt, String negative, PromptSpec spec) {
    Set<String> unwanted = new LinkedHashSet<>();
    int most = spec.promptOptions().limits().loras();
    StringBuilder advised = new StringBuilder(behindTags(prompt, most, unwanted));
    for (LoraAdapter lora : spec.loras()) {
      if (LoraTexts.isCalledUp(lora.strength())) {
        texts(lora)
            .missing(advised.toString())
            .ifPresent(words -> advised.append(advised.isEmpty() ? "" : " ").append(words));
        texts(lora).negative().ifPresent(unwanted::add);
      }
    }
    boolean act = spec.promptOptions().negativeLoras();
    StringBuilder against =
        new StringBuilder(act ? behindTags(negative, most, unwanted) : negative);
    for (String text : unwanted) {
      if (!LoraTexts.lower(against.toString())
          .contains(LoraTexts.lower(text.substring(1, text.lastIndexOf(':'))))) {
        against.append(against.isEmpty() ? "" : " ").append(text);
      }
    }
    return new Prompts(advised.toString(), against.toString());
  }

  /**
   * A prompt with weights in its tags and words behind them.
   *
   * @param most how many tags are looked at
   * @param unwanted takes what belongs into the negative prompt
   */
  private String behindTags(String prompt, int most, Set<String> unwanted) {
    ExtraNetworks cut = ExtraNetworks.cut(prompt);
    StringBuilder advised = new StringBuilder();
    int copied = 0;
    // More are refused by whoever reads the prompt next.
    for (ExtraNetwork network : loras(cut, most)) {
      Optional<LoraTexts> texts = texts(network);
      if (texts.isEmpty()) {
        continue;
      }
      int end = cut.spanOf(network).end();
      advised.append(prompt, copied, network.offset());
      advised.append(texts.get().weighted(network).orElse(prompt.substring(network.offset(), end)));
      copied = end;
      texts
          .get()
          .missing(advised + prompt.substring(end))
          .ifPresent(words -> advised.append(between(words, prompt.substring(end))));
      texts.get().negative().ifPresent(unwanted::add);
    }
    return advised.append(prompt, copied, prompt.length()).toString();
  }

  private static List<ExtraNetwork> loras(ExtraNetworks cut, int most) {
    return cut.networks().stream()
        .filter(network -> LoraTag.isKind(network.kind()))
        .limit(most)
        .toList();
  }

  private static String between(String words, String rest) {
    String text = rest.stripLeading();
    boolean ends = text.isEmpty() || NO_COMMA.indexOf(text.charAt(0)) >= 0 || text.charAt(0) == '<';
    return " " + words + (ends ? "" : rest.equals(text) ? ", " : ",");
  }

  /** What is known of the LoRA that a tag names; nothing if it is off, or cannot be used. */
  private Optional<LoraTexts> texts(ExtraNetwork network) {
    try {
      return LoraTag.of(network)
          .filter(tag -> LoraTexts.isCalledUp(tag.strength()))
          .map(tag -> texts(library.apply(tag.name())));
    } catch (StableDiffusionException e) {
      return Optional.empty(); // Whoever reads the prompt next says why.
    }
  }

  private LoraTexts texts(LoraAdapter lora) {
    return LoraTexts.of(lora, cards);
  }
}
