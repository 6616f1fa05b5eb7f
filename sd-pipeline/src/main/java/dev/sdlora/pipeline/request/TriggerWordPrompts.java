package dev.sdlora.pipeline.request;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.lora.library.LoraCards;
import dev.sdlora.pipeline.lora.LoraTexts;
import dev.sdlora.prompt.grammar.DetailTexts;
import dev.sdlora.prompt.grammar.ExtraNetwork;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.prompt.grammar.LoraTag;
import dev.sdlora.prompt.grammar.Styles;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Adds the trigger words, weights and negative prompts that the authors of LoRAs recommend, as a
 * click on a LoRA's card does in A1111. The resulting prompts contain all of it, so infotexts do
 * too. Immutable.
 */
final class TriggerWordPrompts {
  /** Characters before which no comma is needed. */
  private static final String NO_COMMA = ",.;:|)]}";

  private final LoraCards cards;
  private final Function<String, LoraAdapter> library;

  /**
   * Creates an editor of prompts.
   *
   * @param library finds the LoRAs that tags name; tags for which it throws are skipped
   */
  TriggerWordPrompts(LoraCards cards, Function<String, LoraAdapter> library) {
    this.cards = cards;
    this.library = library;
  }

  /**
   * Returns the request with styles and trigger words merged into its prompts; the same request if
   * it does not ask for trigger words.
   */
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
      advised.lora(lora.withStrength(texts(lora).advised(lora.strength())));
    }
    styled.hiresFix().map(fix -> put(fix, styled, first)).ifPresent(advised::hiresFix);
    advised.noDetailPasses();
    styled.detailPasses().forEach(pass -> advised.detailPass(put(pass, styled, first)));
    return advised.build();
  }

  /** Negative prompts of a pass are written out only where they are not those of the request. */
  private DetailPass put(DetailPass pass, PromptSpec spec, Prompts first) {
    List<String> prompts = DetailTexts.split(pass.prompt());
    List<String> negatives = DetailTexts.split(pass.negativePrompt());
    List<String> advised = new ArrayList<>(prompts);
    List<String> before = new ArrayList<>();
    List<String> after = new ArrayList<>();
    for (int i = 0; i < Math.max(prompts.size(), negatives.size()); i++) {
      String prompt = prompts.get(Math.min(i, prompts.size() - 1));
      String negative = negatives.get(Math.min(i, negatives.size() - 1));
      before.add(negative);
      if (!DetailTexts.isPrompt(prompt)) {
        after.add(negative);
        continue;
      }
      String against = DetailTexts.expanded(negative, spec.negativePrompt());
      // The prompt of the request brings the words of objects along.
      Prompts both =
          put(
              prompt,
              against,
              DetailTexts.isOwn(prompt) ? spec : spec.toBuilder().noLoras().build());
      boolean isKnown =
          both.negative.equals(against)
              || (negative.isBlank() && both.negative.equals(first.negative));
      after.add(isKnown ? negative : both.negative);
      if (i < prompts.size()) {
        advised.set(i, both.prompt);
      }
    }
    return pass.toBuilder()
        .prompt(advised.equals(prompts) ? pass.prompt() : DetailTexts.join(advised))
        .negativePrompt(after.equals(before) ? pass.negativePrompt() : DetailTexts.join(after))
        .build();
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
   * Returns a prompt with recommended weights in its tags and trigger words after them.
   *
   * @param most the maximum number of tags to process
   * @param unwanted receives the recommended negative prompts
   */
  private String behindTags(String prompt, int most, Set<String> unwanted) {
    ExtraNetworks cut = ExtraNetworks.cut(prompt);
    StringBuilder advised = new StringBuilder();
    int copied = 0;
    // The prompt reader refuses more LoRAs than this.
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

  /** Returns the texts of the LoRA that a tag names; empty if the LoRA is off or cannot be used. */
  private Optional<LoraTexts> texts(ExtraNetwork network) {
    try {
      return LoraTag.of(network)
          .filter(tag -> LoraTexts.isCalledUp(tag.strength()))
          .map(tag -> texts(library.apply(tag.name())));
    } catch (StableDiffusionException e) {
      return Optional.empty(); // The prompt reader reports the cause.
    }
  }

  private LoraTexts texts(LoraAdapter lora) {
    return LoraTexts.of(lora, cards);
  }
}
