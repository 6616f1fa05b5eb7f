package dev.sdlora.pipeline;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraException;
import dev.sdlora.api.LoraMode;
import dev.sdlora.api.LoraReport;
import dev.sdlora.api.LoraStrength;
import dev.sdlora.api.PromptLimits;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.PromptSyntaxException;
import dev.sdlora.api.StableDiffusionException;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.lora.overlay.Overlays;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Match;
import dev.sdlora.pipeline.WeightGate.Demand;
import dev.sdlora.pipeline.WeightGate.Wish;
import dev.sdlora.prompt.grammar.ExtraNetwork;
import dev.sdlora.prompt.grammar.Limit;
import dev.sdlora.prompt.grammar.LoraTag;
import dev.sdlora.prompt.tree.Finding;
import dev.sdlora.prompt.tree.ReadPrompt;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The LoRAs that a request asks for: those that its prompt names, those given by object, and those
 * that its negative prompt names. Immutable.
 */
final class LoraSelection {
  private final Model model;
  private final LoraMode mode;
  private final boolean lenient;
  private final List<Fit> fits;
  private final List<String> warnings;

  /**
   * A LoRA and how it fits the checkpoint.
   *
   * @param use the LoRA with its strengths
   * @param peak its changes at its peak strength
   * @param match which of its modules belong to a layer
   */
  record Fit(LoraUse use, PatchPlan peak, Match match) {}

  private LoraSelection(
      Model model, LoraMode mode, boolean lenient, List<Fit> fits, List<String> warnings) {
    this.model = model;
    this.mode = mode;
    this.lenient = lenient;
    this.fits = List.copyOf(fits);
    this.warnings = List.copyOf(warnings);
  }

  /**
   * Finds the LoRAs of a request and what they change.
   *
   * @throws dev.sdlora.api.PromptSyntaxException if a tag makes no sense and the request is strict
   * @throws dev.sdlora.api.LoraException if a LoRA is unknown or does not fit, likewise
   */
  static LoraSelection of(PromptSpec spec, ReadPrompt prompt, ReadPrompt negative, Model model) {
    boolean lenient = spec.lenient().orElse(model.lenient());
    LoraMode mode = spec.loraMode().orElse(model.loraMode());
    List<String> warnings = new ArrayList<>();
    List<Supplier<Fit>> wanted = new ArrayList<>();
    addTagged(prompt, model, lenient, wanted, warnings);
    // Pictures name these as tags behind the prompt, and sums depend on the order by a rounding.
    for (LoraAdapter lora : spec.loras()) {
      wanted.add(() -> fit(lora.name(), lora.path(), lora.strength(), model));
    }
    addTagged(negative, model, lenient, wanted, warnings);
    PromptLimits limits = spec.promptOptions().limits();
    int tagged = wanted.size() - spec.loras().size();
    Limit.check(tagged, limits.loras(), "the prompts have", Limit.Unit.LORAS);
    List<Fit> fits = new ArrayList<>();
    for (Supplier<Fit> want : wanted) {
      try {
        fits.add(want.get());
      } catch (StableDiffusionException e) {
        if (!lenient) {
          throw e;
        }
        warnings.add(leftOut(e));
      }
    }
    warnTwice(fits, warnings);
    return new LoraSelection(model, mode, lenient, fits, warnings);
  }

  private static void addTagged(
      ReadPrompt prompt,
      Model model,
      boolean lenient,
      List<Supplier<Fit>> wanted,
      List<String> warnings) {
    for (Finding unclosed : prompt.unclosedTags()) {
      if (!lenient) {
        throw new PromptSyntaxException(unclosed.message(), unclosed.offset())
            .within(prompt.written());
      }
      warnings.add(unclosed.message() + "; it was read as text");
    }
    for (ExtraNetwork network : prompt.cut().networks()) {
      if (LoraTag.isKind(network.kind())) {
        wanted.add(() -> fit(tag(prompt, network), model));
      }
    }
  }

  private static LoraTag tag(ReadPrompt prompt, ExtraNetwork network) {
    try {
      return LoraTag.of(network).orElseThrow();
    } catch (PromptSyntaxException e) {
      throw e.within(prompt.written());
    }
  }

  private static Fit fit(LoraTag tag, Model model) {
    return fit(tag.name(), model.library().find(tag.name()).path(), tag.strength(), model);
  }

  private static Fit fit(String name, Path path, LoraStrength strength, Model model) {
    try {
      LoraUse use = new LoraUse(name, model.loraFiles().open(path), strength);
      List<Match> matches = new ArrayList<>();
      PatchPlan peak = plan(model, List.of(use.peak()), matches);
      return new Fit(use, peak, matches.get(0));
    } catch (LoraException e) {
      throw e.named(name);
    }
  }

  private static PatchPlan plan(Model model, List<LoraUse> uses, List<Match> matches) {
    return PatchPlan.of(
        model.modules(), model.checkpoint().name(), model.checkpoint().family(), uses, matches);
  }

  private static String leftOut(StableDiffusionException cause) {
    return cause.getMessage() + "; it was left out";
  }

  private static void warnTwice(List<Fit> fits, List<String> warnings) {
    Map<String, LoraUse> seen = new HashMap<>();
    for (Fit fit : fits) {
      LoraUse earlier = seen.put(fit.use.name(), fit.use);
      if (earlier != null && !earlier.equals(fit.use)) {
        warnings.add(
            "LoRA '"
                + fit.use.name()
                + "' is asked for more than once, and its strengths were added; A1111 would take"
                + " the last strength each time");
      }
    }
  }

  /** Whether LoRAs that cannot be used are left out. */
  boolean isLenient() {
    return lenient;
  }

  /** Its files, in order. */
  List<LoraFile> files() {
    return fits.stream().map(fit -> fit.use.file()).toList();
  }

  /** Each LoRA alone, in order. */
  List<LoraSelection> oneByOne() {
    return fits.stream()
        .map(fit -> new LoraSelection(model, mode, lenient, List.of(fit), List.of()))
        .toList();
  }

  /**
   * The same without some LoRAs.
   *
   * @param failed the places of those to leave out, with what is wrong with each
   */
  LoraSelection without(Map<Integer, StableDiffusionException> failed) {
    List<Fit> kept = new ArrayList<>();
    List<String> all = new ArrayList<>(warnings);
    for (int i = 0; i < fits.size(); i++) {
      StableDiffusionException cause = failed.get(i);
      if (cause == null) {
        kept.add(fits.get(i));
      } else {
        all.add(leftOut(cause));
      }
    }
    return new LoraSelection(model, mode, lenient, kept, all);
  }

  /** What it needs of the weights in the first step. */
  Wish wish() {
    PatchPlan patched = plan(0, 1);
    PatchPlan resting = patched.where((weight, change) -> !Overlays.canRide(weight, change));
    boolean restChanges = isScheduled() && fits.stream().anyMatch(LoraSelection::changesUnpatched);
    return new Wish(mode, new Demand(patched, isScheduled()), new Demand(resting, restChanges));
  }

  /** Whether a LoRA is scheduled and has changes that cannot ride. */
  private static boolean changesUnpatched(Fit fit) {
    return !fit.use.strength().unet().isConstant() && !ridesWhole(fit);
  }

  private static boolean ridesWhole(Fit fit) {
    return fit.peak
        .where((weight, change) -> !Overlays.canRide(weight, change))
        .equals(PatchPlan.NONE);
  }

  /** Whether any strength changes from step to step. */
  boolean isScheduled() {
    return fits.stream().anyMatch(fit -> !fit.use.strength().unet().isConstant());
  }

  /** What all LoRAs change in a step. */
  PatchPlan plan(int step, int steps) {
    List<LoraUse> uses = fits.stream().map(fit -> fit.use.at(step, steps)).toList();
    return plan(model, uses, new ArrayList<>());
  }

  /** What those that cannot ride change in a step. */
  PatchPlan resting(int step, int steps) {
    return plan(step, steps).where((weight, change) -> !Overlays.canRide(weight, change));
  }

  /** The changes of each LoRA at its peak strength. */
  List<PatchPlan> peaks() {
    return fits.stream().map(Fit::peak).toList();
  }

  /** The strength of each LoRA in the U-Net in a step, as a share of its peak. */
  double[] shares(int step, int steps) {
    return fits.stream()
        .map(fit -> fit.use.strength().unet())
        .mapToDouble(unet -> unet.peak() == 0 ? 0 : unet.at(step, steps) / unet.peak())
        .toArray();
  }

  /** What was passed over. */
  List<String> warnings() {
    return warnings;
  }

  /** A1111's short hash of each file, by the name that the request uses. */
  Map<String, String> hashes(LoraFiles files) {
    Map<String, String> hashes = new LinkedHashMap<>();
    for (Fit fit : fits) {
      hashes.put(fit.use.name(), files.hash(fit.use.file().file().path()));
    }
    return hashes;
  }

  /**
   * What became of each LoRA.
   *
   * @param applied how they were applied, as far as they can ride
   */
  List<LoraReport> reports(LoraFiles files, LoraMode applied) {
    List<LoraReport> reports = new ArrayList<>();
    for (Fit fit : fits) {
      boolean rides = !fit.peak.where(Overlays::canRide).equals(PatchPlan.NONE);
      reports.add(
          LoraReport.builder(
                  fit.use.name(),
                  fit.use.file().file().path(),
                  files.hash(fit.use.file().file().path()))
              .strength(fit.use.strength())
              .mode(rides ? applied : LoraMode.PATCHED)
              .matched(fit.match.matched())
              .unmatched(fit.match.unmatched())
              .build());
    }
    return reports;
  }
}
