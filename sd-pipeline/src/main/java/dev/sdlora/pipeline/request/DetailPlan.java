package dev.sdlora.pipeline.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.pipeline.detail.DetailPrompts;
import dev.sdlora.pipeline.detail.Detectors;
import dev.sdlora.pipeline.detail.WantedLabels;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.prompt.grammar.Styles;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A detail pass resolved against a model: each find is painted as an inpainting request of its own.
 * Immutable.
 *
 * @param detail the settings
 * @param detector the detector
 * @param finds the passes of the finds, in their order; the last serves all further ones, and empty
 *     ones leave a find as it is
 * @param source the settings of the inpainting, with an image and a mask that stand for those of a
 *     find
 * @param memory the memory estimate of painting a find
 */
public record DetailPlan(
    DetailPass detail,
    Detectors.Named detector,
    List<Optional<PassPlan>> finds,
    ImageToImage source,
    RequestMemory memory) {
  private static final Image NOTHING = Image.of(1, 1, new byte[3]);

  /** Copies the list. */
  public DetailPlan {
    finds = List.copyOf(finds);
  }

  /**
   * Resolves the detail passes of images with the same prompts.
   *
   * @param first the first pass of these images
   * @param finished the size of the images before their details are painted
   * @throws IllegalArgumentException if the model cannot paint details
   * @throws dev.sdlora.api.error.StableDiffusionException if a detector or a label of one is
   *     unknown and the request is strict, or a prompt, a LoRA or a size cannot be used
   */
  static Details of(Model model, PromptSpec spec, PassPlan first, ImageSize finished) {
    if (spec.detailPasses().isEmpty()) {
      return new Details(List.of(), List.of());
    }
    if (first.control().isPresent()) {
      throw new IllegalArgumentException(
          "detailPasses are given, but the image is drawn after a control image, which does not fit"
              + " its details; remove them");
    }
    PromptSpec styled = Styles.merged(spec);
    boolean lenient = spec.lenient().orElse(model.settings().lenient());
    List<DetailPlan> plans = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    for (DetailPass pass : styled.detailPasses()) {
      Detectors.Named detector;
      try {
        detector = model.auxiliary().detectors().find(pass.detector());
      } catch (StableDiffusionException e) {
        if (!lenient) {
          throw e;
        }
        warnings.add(
            "detail pass '%s' was left out: %s".formatted(pass.detector(), e.getMessage()));
        continue;
      }
      DetailPass known = WantedLabels.known(pass, detector, lenient, warnings::add);
      try {
        plans.add(of(model, styled, known, detector, first, finished));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "detail pass '%s': %s".formatted(pass.detector(), e.getMessage()), e);
      }
    }
    return new Details(plans, warnings);
  }

  /**
   * The detail passes of images.
   *
   * @param warnings about passes that are left out
   */
  record Details(List<DetailPlan> plans, List<String> warnings) {
    /** Copies the lists. */
    Details {
      plans = List.copyOf(plans);
      warnings = List.copyOf(warnings);
    }
  }

  private static DetailPlan of(
      Model model,
      PromptSpec spec,
      DetailPass pass,
      Detectors.Named detector,
      PassPlan first,
      ImageSize finished) {
    ImageSize size = pass.size().orElse(pass.wholeImage() ? finished : first.size());
    ImageToImage source = source(pass, spec);
    Map<DetailPrompts.OfFind, Optional<PassPlan>> passes = new HashMap<>();
    List<Optional<PassPlan>> finds = new ArrayList<>();
    for (DetailPrompts.OfFind prompts : DetailPrompts.of(pass, spec).finds()) {
      finds.add(
          passes.computeIfAbsent(
              prompts,
              texts ->
                  texts.isSkipped()
                      ? Optional.empty()
                      : Optional.of(
                          resolve(model, derived(spec, pass, texts, size), first, source))));
    }
    PromptSpec longest =
        finds.stream()
            .flatMap(Optional::stream)
            .map(PassPlan::spec)
            .max((a, b) -> Integer.compare(a.prompt().length(), b.prompt().length()))
            .orElse(derived(spec, pass, new DetailPrompts.OfFind("", "", true), size));
    return new DetailPlan(
        pass,
        detector,
        finds,
        source,
        RequestMemory.ofDetail(model, longest, finished, size, !pass.wholeImage()));
  }

  private static PassPlan resolve(
      Model model, PromptSpec derived, PassPlan first, ImageToImage source) {
    ImageSize size = derived.size().orElseThrow();
    PassSampling sampling =
        PassSampling.of(model, derived, size, Optional.of(Repainting.of(source)));
    return first.detail(model, derived, sampling);
  }

  /** Returns what ADetailer gives to img2img: the request without what belongs to whole images. */
  private static PromptSpec derived(
      PromptSpec spec, DetailPass pass, DetailPrompts.OfFind prompts, ImageSize size) {
    PromptSpec.Builder derived =
        spec.toBuilder()
            .noHiresFix()
            .noRefinerSwitch()
            .noControlUnits()
            .noImagePrompts()
            .noReferenceImages()
            .noDetailPasses()
            .noUpscaling()
            .noImageToImage()
            .images(1)
            .prompt(prompts.prompt())
            .negativePrompt(prompts.negativePrompt())
            .size(size);
    pass.steps().ifPresent(derived::steps);
    pass.cfgScale().ifPresent(derived::cfgScale);
    pass.sampler().ifPresent(derived::sampler);
    pass.schedule().ifPresent(derived::schedule);
    pass.clipSkip().ifPresent(derived::clipSkip);
    return derived.build();
  }

  /**
   * Returns the settings of the inpainting. What is an option of the whole program in A1111 is that
   * of the request.
   */
  private static ImageToImage source(DetailPass pass, PromptSpec spec) {
    Inpainting.Builder part =
        Inpainting.builder(NOTHING)
            .maskBlur(pass.maskBlur())
            .onlyMasked(!pass.wholeImage())
            .padding(pass.padding());
    ImageToImage.Builder source =
        ImageToImage.builder(NOTHING)
            .denoisingStrength(pass.denoisingStrength())
            .noiseMultiplier(pass.noiseMultiplier().orElse(1));
    spec.imageToImage()
        .ifPresent(
            given -> {
              source.fixSteps(given.fixSteps()).colorCorrection(given.colorCorrection());
              given
                  .inpainting()
                  .ifPresent(area -> part.conditionalMaskWeight(area.conditionalMaskWeight()));
            });
    return source.inpainting(part.build()).build();
  }

  /** Returns the settings of the inpainting of a find. */
  public ImageToImage source(Image image, Image mask) {
    Inpainting part = source.inpainting().orElseThrow();
    return ImageToImage.builder(image)
        .denoisingStrength(source.denoisingStrength())
        .noiseMultiplier(source.noiseMultiplier())
        .fixSteps(source.fixSteps())
        .colorCorrection(source.colorCorrection())
        .inpainting(
            Inpainting.builder(mask)
                .maskBlur(part.maskBlur())
                .onlyMasked(part.onlyMasked())
                .padding(part.padding())
                .conditionalMaskWeight(part.conditionalMaskWeight())
                .build())
        .build();
  }

  /** Returns the pass of a find, counted from 0; empty to leave it as it is. */
  public Optional<PassPlan> find(int number) {
    return finds.get(Math.min(number, finds.size() - 1));
  }

  /** Returns the passes, each once. */
  public List<PassPlan> passes() {
    return finds.stream().flatMap(Optional::stream).distinct().toList();
  }
}
