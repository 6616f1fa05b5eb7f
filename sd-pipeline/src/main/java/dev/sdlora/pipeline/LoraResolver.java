package dev.sdlora.pipeline;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraException;
import dev.sdlora.api.LoraStrength;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.PromptSyntaxException;
import dev.sdlora.api.StableDiffusionException;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.library.FewStepLora;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.PatchPlan.Matched;
import dev.sdlora.pipeline.LoraPlans.Fit;
import dev.sdlora.pipeline.hypernetwork.Hypernetwork;
import dev.sdlora.prompt.grammar.ExtraNetwork;
import dev.sdlora.prompt.grammar.HypernetTag;
import dev.sdlora.prompt.grammar.Limit;
import dev.sdlora.prompt.grammar.LoraTag;
import dev.sdlora.prompt.tree.Finding;
import dev.sdlora.prompt.tree.ReadPrompt;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Finds the LoRAs that a request asks for: those that its prompt names, those given by object, and
 * those that its negative prompt names. Opens their files and plans what they change. Used once, by
 * one thread.
 */
final class LoraResolver {
  private final Model model;
  private final boolean hires;
  private final boolean lenient;
  private final List<Supplier<Fit>> wanted = new ArrayList<>();
  private final List<Hypernetwork> hypernetworks = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private LoraResolver(Model model, boolean hires, boolean lenient) {
    this.model = model;
    this.hires = hires;
    this.lenient = lenient;
  }

  /**
   * The LoRAs of a request and what they change.
   *
   * @param hires whether this is for the second pass of hires fix
   * @throws dev.sdlora.api.PromptSyntaxException if a tag makes no sense and the request is strict
   * @throws dev.sdlora.api.LoraException if a LoRA is unknown or does not fit, likewise
   */
  static LoraPlans resolve(
      PromptSpec spec, ReadPrompt prompt, ReadPrompt negative, boolean hires, Model model) {
    return new LoraResolver(model, hires, spec.lenient().orElse(model.lenient()))
        .resolve(spec, prompt, negative);
  }

  private LoraPlans resolve(PromptSpec spec, ReadPrompt prompt, ReadPrompt negative) {
    addTagged(prompt);
    // Pictures name these as tags behind the prompt, and sums depend on the order by a rounding.
    for (LoraAdapter lora : spec.loras()) {
      wanted.add(
          () -> fit(lora.name(), () -> model.loraFiles().open(lora.path()), lora.strength()));
    }
    addTagged(negative);
    PromptLimits limits = spec.promptOptions().limits();
    int tagged = wanted.size() - spec.loras().size();
    Limit.check(tagged, limits.loras(), "the prompts have", Limit.Unit.LORAS);
    List<Fit> fits = fits();
    warnTwice(fits);
    if (!hires && spec.hiresFix().isEmpty()) {
      warnOfHires(fits);
    }
    for (Fit fit : fits) {
      FewStepLora.of(fit.use().name(), fit.use().file())
          .flatMap(made -> made.unsuited(spec.steps(), spec.cfgScale()))
          .ifPresent(warnings::add);
    }
    return new LoraPlans(
        model::plan,
        spec.loraMode().orElse(model.loraMode()),
        lenient,
        fits,
        hypernetworks,
        warnings);
  }

  private void addTagged(ReadPrompt prompt) {
    for (Finding unclosed : prompt.unclosedTags()) {
      if (!lenient) {
        throw new PromptSyntaxException(unclosed.message(), unclosed.offset())
            .within(prompt.written());
      }
      warnings.add(unclosed.message() + "; it was read as text");
    }
    for (ExtraNetwork network : prompt.cut().networks()) {
      if (LoraTag.isKind(network.kind())) {
        wanted.add(() -> fit(tag(prompt, network)));
      } else if (HypernetTag.isKind(network.kind())) {
        unlessLenient(() -> hypernetworks.add(hypernetwork(prompt, network)));
      }
    }
  }

  private Hypernetwork hypernetwork(ReadPrompt prompt, ExtraNetwork network) {
    HypernetTag tag;
    try {
      tag = HypernetTag.of(network);
    } catch (PromptSyntaxException e) {
      throw e.within(prompt.written());
    }
    Hypernetwork found =
        new Hypernetwork(tag.name(), model.hypernetworks().open(tag.name()), tag.multiplier());
    found.requireFit(model.networks().unet().config(), model.checkpoint());
    return found;
  }

  /** Does something, whose failure lenient requests are only told of. */
  private void unlessLenient(Runnable work) {
    try {
      work.run();
    } catch (StableDiffusionException e) {
      if (!lenient) {
        throw e;
      }
      warnings.add(LoraPlans.leftOut(e));
    }
  }

  private static LoraTag tag(ReadPrompt prompt, ExtraNetwork network) {
    try {
      return LoraTag.of(network).orElseThrow();
    } catch (PromptSyntaxException e) {
      throw e.within(prompt.written());
    }
  }

  private List<Fit> fits() {
    List<Fit> fits = new ArrayList<>();
    for (Supplier<Fit> want : wanted) {
      unlessLenient(() -> fits.add(want.get()));
    }
    return fits;
  }

  private Fit fit(LoraTag tag) {
    String name = tag.name();
    return fit(name, () -> model.library().open(name), tag.strength());
  }

  private Fit fit(String name, Supplier<LoraFile> file, LoraStrength strength) {
    try {
      LoraUse use = new LoraUse(name, file.get(), hires ? strength.inHires() : strength);
      Matched matched = model.match(List.of(use.peak()));
      return new Fit(use, matched.plan(), matched.matches().get(0));
    } catch (LoraException e) {
      throw e.named(name);
    }
  }

  private void warnOfHires(List<Fit> fits) {
    for (Fit fit : fits) {
      if (fit.use().strength().changesInHires()) {
        warnings.add(
            "LoRA '%s' has a strength for the hires pass, which this request does not have"
                .formatted(fit.use().name()));
      }
    }
  }

  private void warnTwice(List<Fit> fits) {
    Map<String, LoraUse> seen = new HashMap<>();
    for (Fit fit : fits) {
      LoraUse earlier = seen.put(fit.use().name(), fit.use());
      if (earlier != null && !earlier.equals(fit.use())) {
        warnings.add(
            "LoRA '"
                + fit.use().name()
                + "' is asked for more than once, and its strengths were added; A1111 would take"
                + " the last strength each time");
      }
    }
  }
}
