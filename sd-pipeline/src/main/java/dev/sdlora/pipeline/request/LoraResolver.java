package dev.sdlora.pipeline.request;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.library.FewStepLora;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.lora.overlay.Overlays;
import dev.sdlora.lora.overlay.Place;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Matched;
import dev.sdlora.pipeline.hypernetwork.Hypernetwork;
import dev.sdlora.pipeline.lora.LoraPlans;
import dev.sdlora.pipeline.lora.LoraPlans.Fit;
import dev.sdlora.pipeline.lora.LoraTexts;
import dev.sdlora.pipeline.model.FileCaches;
import dev.sdlora.pipeline.model.Model;
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
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Finds the LoRAs that a request asks for: those that its prompt names, those given by object, and
 * those that its negative prompt names. Opens their files and plans what they change. Used once, by
 * one thread.
 */
final class LoraResolver {
  private final Model model;
  private final PromptSpec spec;
  private final boolean hires;
  private final boolean lenient;
  private final List<Supplier<Fit>> wanted = new ArrayList<>();
  private final List<Hypernetwork> hypernetworks = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  private LoraResolver(Model model, PromptSpec spec, boolean hires) {
    this.model = model;
    this.spec = spec;
    this.hires = hires;
    this.lenient = spec.lenient().orElse(model.lenient());
  }

  /**
   * The LoRAs of a request and what they change.
   *
   * @param hires whether this is for the second pass of hires fix
   * @throws dev.sdlora.api.error.PromptSyntaxException if a tag makes no sense and the request is
   *     strict
   * @throws dev.sdlora.api.error.LoraException if a LoRA is unknown or does not fit, likewise
   */
  static LoraPlans resolve(
      PromptSpec spec, ReadPrompt prompt, ReadPrompt negative, boolean hires, Model model) {
    return new LoraResolver(model, spec, hires).resolve(prompt, negative);
  }

  private LoraPlans resolve(ReadPrompt prompt, ReadPrompt negative) {
    long named = tags(prompt) + tags(negative) + spec.loras().size();
    PromptLimits limits = spec.promptOptions().limits();
    Limit.check(named, limits.loras(), "the request has", Limit.Unit.LORAS);
    addTagged(prompt, prompt.text());
    // Images name these as tags behind the prompt, and sums depend on the order by a rounding.
    for (LoraAdapter lora : spec.loras()) {
      wanted.add(
          () ->
              called(
                  fit(
                      lora.name(),
                      () -> model.loraFiles().open(lora.path()),
                      lora.strength(),
                      lora.mask()),
                  prompt.text()));
    }
    addTagged(negative, prompt.text() + "\n" + negative.text());
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

  private static long tags(ReadPrompt prompt) {
    return prompt.cut().networks().stream()
        .filter(tag -> LoraTag.isKind(tag.kind()) || HypernetTag.isKind(tag.kind()))
        .count();
  }

  /**
   * Adds the LoRAs that a prompt names.
   *
   * @param text in which something should call them up
   */
  private void addTagged(ReadPrompt prompt, String text) {
    for (Finding unclosed : prompt.unclosedTags()) {
      if (!lenient) {
        throw new PromptSyntaxException(unclosed.message(), unclosed.offset())
            .within(prompt.written());
      }
      warnings.add(unclosed.message() + "; it was read as text");
    }
    for (ExtraNetwork network : prompt.cut().networks()) {
      if (LoraTag.isKind(network.kind())) {
        wanted.add(() -> called(fit(tag(prompt, network), prompt), text));
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

  private Fit fit(LoraTag tag, ReadPrompt prompt) {
    String name = tag.name();
    Optional<RegionMask> mask =
        tag.mask().map(called -> Masks.named(called, spec, prompt, tag.offset()));
    return fit(name, () -> open(name), tag.strength(), mask);
  }

  /** Embeddings and LoRAs are taken for each other. */
  private LoraFile open(String name) {
    try {
      return model.library().open(name);
    } catch (LoraException e) {
      Optional<String> kind =
          e.reason() == Reason.UNKNOWN ? model.embeddings().kindOf(name) : Optional.empty();
      if (kind.isEmpty()) {
        throw e;
      }
      throw new LoraException(
          "LoRA '"
              + name
              + "' is not in a folder of LoRAs; in a folder of embeddings there is "
              + kind.get(),
          e.reason(),
          e.details(),
          e);
    }
  }

  private Fit fit(
      String name, Supplier<LoraFile> file, LoraStrength strength, Optional<RegionMask> mask) {
    try {
      boolean nowhere = mask.filter(Masks::isNowhere).isPresent();
      if (nowhere) {
        warnings.add("LoRA '" + name + "' has a mask that is black all over, so it has no effect");
      }
      LoraStrength used = hires ? strength.inHires() : strength;
      LoraUse use = new LoraUse(name, file.get(), nowhere ? LoraStrength.of(0) : used);
      Matched matched = model.match(List.of(use.peak()));
      Optional<RegionMask> region = mask.filter(given -> !nowhere && !Masks.isEverywhere(given));
      if (region.isPresent()) {
        checkRegion(use, matched.plan());
      }
      return new Fit(use, matched.plan(), matched.matches().get(0), region);
    } catch (LoraException e) {
      throw e.named(name);
    }
  }

  /** Warns of a LoRA that nothing in a text calls up, or that does nothing when it is. */
  private Fit called(Fit fit, String text) {
    Optional<String> changeless = model.changeless().warning(fit);
    changeless.ifPresent(warnings::add);
    if (changeless.isEmpty() && LoraTexts.isCalledUp(fit.use().strength())) {
      LoraTexts.of(LoraFiles.adapter(fit.use().file()), FileCaches.LORA_CARDS)
          .missing(fit.use().name(), text)
          .ifPresent(warnings::add);
    }
    return fit;
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

  /** Refuses or tells what cannot act in a part of the image. */
  private void checkRegion(LoraUse use, PatchPlan plan) {
    LoraMode mode = spec.loraMode().orElse(model.loraMode());
    if (mode == LoraMode.PATCHED) {
      throw new LoraException(
          ("LoRA '%s' has a mask, but loraMode is PATCHED, which changes weights for all of the"
                  + " picture; expected OVERLAY or AUTO")
              .formatted(use.name()),
          LoraException.Reason.UNSUPPORTED,
          ErrorDetails.in(use.file().file().path()).withName(use.name()));
    }
    PatchPlan rest = plan.where((weight, change) -> !Overlays.canOverlay(weight, change));
    rest.changes().values().stream()
        .flatMap(weights -> weights.entrySet().stream())
        .findFirst()
        .ifPresent(
            first -> {
              throw new LoraException(
                  ("LoRA '%s' has a mask, but its module '%s' (%s) can only change the weights"
                          + " themselves, for all of the picture; masks are for LoRAs whose changes"
                          + " are products of small matrices")
                      .formatted(
                          use.name(),
                          first.getValue().get(0).module().key(),
                          first.getValue().get(0).module().kind().label()),
                  LoraException.Reason.UNSUPPORTED,
                  ErrorDetails.in(use.file().file().path()).withName(use.name()));
            });
    long lost =
        plan.changes().getOrDefault(Network.UNET, Map.of()).keySet().stream()
            .filter(weight -> Place.of(weight) == Place.NOWHERE)
            .count();
    if (lost > 0) {
      warnings.add(
          ("LoRA '%s' has a mask, so what it changes of the embeddings of time and sizes, which"
                  + " have no positions, was left out (%s of its layers)")
              .formatted(use.name(), lost));
    }
  }

  private void warnTwice(List<Fit> fits) {
    Map<List<Object>, LoraUse> seen = new HashMap<>();
    for (Fit fit : fits) {
      // With another mask it acts elsewhere.
      LoraUse earlier = seen.put(List.of(fit.use().name(), fit.mask()), fit.use());
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
