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
import dev.sdlora.api.value.Decimals;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.library.FewStepLora;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.lora.overlay.Overlays;
import dev.sdlora.lora.overlay.Place;
import dev.sdlora.lora.plan.ControlInput;
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
import java.util.stream.Stream;

/**
 * Finds the LoRAs that a request names in its prompt, as objects, and in its negative prompt. Opens
 * their files and plans their changes. Used once, by one thread.
 */
final class LoraResolver {
  /** The least guidance that the authors of control LoRAs recommend. */
  private static final double CONTROL_GUIDANCE = 10;

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
    this.lenient = spec.lenient().orElse(model.settings().lenient());
  }

  /**
   * Resolves the LoRAs of a request and plans their changes.
   *
   * @param hires whether this is the second pass of hires fix
   * @throws dev.sdlora.api.error.PromptSyntaxException if a tag is invalid and the request is
   *     strict
   * @throws dev.sdlora.api.error.LoraException if a LoRA is unknown or does not fit and the request
   *     is strict
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
    // The infotext lists these after the prompt's own tags; the order affects rounding in sums.
    for (LoraAdapter lora : spec.loras()) {
      wanted.add(
          () ->
              called(
                  fit(
                      lora.name(),
                      () -> model.loras().files().open(lora.path()),
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
    fits.forEach(this::warnOfGuidance);
    return new LoraPlans(
        use -> model.loras().match(use).plan(),
        model
            .loras()
            .widened()
            .mode(model.loras().mode(spec.loraMode()), fits.stream().map(Fit::peak).toList()),
        lenient,
        fits,
        hypernetworks,
        warnings);
  }

  /** Warns if a control LoRA acts with the usual guidance of the model, which is too low for it. */
  private void warnOfGuidance(Fit fit) {
    double guidance =
        spec.distilledGuidance()
            .orElse(model.checkpoint().defaults().distilledGuidance().orElse(CONTROL_GUIDANCE));
    boolean acts = !fit.peak().ofAddedWeights().equals(PatchPlan.NONE);
    if (acts && guidance < CONTROL_GUIDANCE) {
      warnings.add(
          "LoRA '%s' draws after a control image and was made for a distilledGuidance of 10 (depth) to 30 (edges), but it is %s"
              .formatted(fit.use().name(), Decimals.text(guidance)));
    }
  }

  private static long tags(ReadPrompt prompt) {
    return prompt.cut().networks().stream()
        .filter(tag -> LoraTag.isKind(tag.kind()) || HypernetTag.isKind(tag.kind()))
        .count();
  }

  /**
   * Adds the LoRAs that a prompt names.
   *
   * @param text the text to search for trigger words
   */
  private void addTagged(ReadPrompt prompt, String text) {
    for (Finding unclosed : prompt.unclosedTags()) {
      if (!lenient) {
        throw new PromptSyntaxException(unclosed.message(), unclosed.offset())
            .within(prompt.written());
      }
      warnings.add(unclosed.message() + "; it was treated as text");
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
        new Hypernetwork(
            tag.name(), model.auxiliary().hypernetworks().open(tag.name()), tag.multiplier());
    found.requireFit(model.family().unetConfig(), model.checkpoint());
    return found;
  }

  /** Runs an action. In lenient requests, a failure becomes a warning. */
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
      unlessLenient(() -> fits.add(beside(fits, want.get())));
    }
    return fits;
  }

  /** Returns a LoRA if it can be used with the others. */
  private static Fit beside(List<Fit> others, Fit fit) {
    List<Fit> all = Stream.concat(others.stream(), Stream.of(fit)).toList();
    ControlInput.requireOne(
        all.stream().map(Fit::use).toList(), all.stream().map(Fit::peak).toList());
    return fit;
  }

  private Fit fit(LoraTag tag, ReadPrompt prompt) {
    String name = tag.name();
    Optional<RegionMask> mask =
        tag.mask().map(called -> Masks.named(called, spec, prompt, tag.offset()));
    return fit(name, () -> open(name), tag.strength(), mask);
  }

  /** Opens a LoRA. If the name belongs to an embedding, the error says so. */
  private LoraFile open(String name) {
    try {
      return model.loras().library().open(name);
    } catch (LoraException e) {
      Optional<String> kind =
          e.reason() == Reason.UNKNOWN ? model.texts().embeddings().kindOf(name) : Optional.empty();
      if (kind.isEmpty()) {
        throw e;
      }
      throw new LoraException(
          "LoRA '" + name + "' is not in a LoRA folder; an embedding folder contains " + kind.get(),
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
        warnings.add("LoRA '" + name + "' has an entirely black mask, so it has no effect");
      }
      LoraStrength used = hires ? strength.inHires() : strength;
      LoraUse use = new LoraUse(name, file.get(), nowhere ? LoraStrength.of(0) : used);
      Matched matched = model.loras().match(use.peak());
      Optional<RegionMask> region = mask.filter(given -> !nowhere && !Masks.isEverywhere(given));
      if (region.isPresent()) {
        checkRegion(use, matched.plan());
      }
      return new Fit(use, matched.plan(), matched.matches().get(0), region);
    } catch (LoraException e) {
      throw e.named(name);
    }
  }

  /** Warns if a LoRA has no effect, or if the text contains none of its trigger words. */
  private Fit called(Fit fit, String text) {
    Optional<String> changeless = model.loras().changeless().warning(fit);
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
            "LoRA '%s' has a strength for the hires pass, but this request has no hires pass"
                .formatted(fit.use().name()));
      }
    }
  }

  /**
   * Checks whether a LoRA can be limited to a region: throws if it cannot, warns if a part of it
   * cannot.
   */
  private void checkRegion(LoraUse use, PatchPlan plan) {
    LoraMode mode = model.loras().mode(spec.loraMode());
    if (mode == LoraMode.PATCHED) {
      throw new LoraException(
          "LoRA '%s' has a mask, but loraMode is PATCHED, which changes the weights for the whole image; expected OVERLAY or AUTO"
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
                  "LoRA '%s' has a mask, but its module '%s' (%s) can only change the weights directly, for the whole image; masks require LoRAs whose changes are products of small matrices"
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
          "LoRA '%s' has a mask, so its changes to the time and size embeddings, which have no positions, were skipped (%s layers)"
              .formatted(use.name(), lost));
    }
  }

  private void warnTwice(List<Fit> fits) {
    Map<List<Object>, LoraUse> seen = new HashMap<>();
    for (Fit fit : fits) {
      // With a different mask, it applies to another region.
      LoraUse earlier = seen.put(List.of(fit.use().name(), fit.mask()), fit.use());
      if (earlier != null && !earlier.equals(fit.use())) {
        warnings.add(
            "LoRA '"
                + fit.use().name()
                + "' is requested more than once, and its strengths were added; A1111 would use the"
                + " last strength each time");
      }
    }
  }
}
