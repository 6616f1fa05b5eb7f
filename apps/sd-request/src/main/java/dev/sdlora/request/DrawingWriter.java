package dev.sdlora.request;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Style;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.api.image.Outpainting;
import dev.sdlora.api.image.ResizeMode;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.sampling.SamplerOptions;
import dev.sdlora.api.setting.Door;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;
import dev.sdlora.request.setting.OptionDraft;
import dev.sdlora.request.setting.OwnSettings;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;

/** Writes a request as the fields that {@link DrawingReader} reads. */
public final class DrawingWriter {
  private static final PromptSpec DEFAULTS = PromptSpec.builder().build();

  /** The setters of settings that are set together. */
  private static final Map<String, String> SET_TOGETHER =
      Map.of("upscaler", "upscaling", "upscale", "upscaling");

  private final RequestContext context;

  /** Creates a writer that looks up names in a context. */
  public DrawingWriter(RequestContext context) {
    this.context = context;
  }

  /**
   * Returns the settings of a request that the text of an image has but no field, such as {@code
   * upscaling}: without them, the fields describe a different image.
   */
  public static List<String> settingsWithoutField(PromptSpec spec) {
    return Settings.SPEC.settings().stream()
        .filter(row -> row.reasonWithout(Door.JSON).isPresent())
        .filter(row -> row.reasonWithout(Door.INFOTEXT).isEmpty())
        .filter(row -> !row.get(spec).equals(row.get(DEFAULTS)))
        .map(row -> SET_TOGETHER.getOrDefault(row.name(), row.name()))
        .distinct()
        .toList();
  }

  /** Returns the eta that the sampler uses; the field sets both. */
  private static OptionalDouble eta(PromptSpec spec) {
    boolean ddim = spec.sampler().label().startsWith("DDIM");
    return ddim ? spec.samplerOptions().etaDdim() : spec.samplerOptions().eta();
  }

  /**
   * Returns the fields of a request for {@code /api/jobs}, without images. If it has no seed, each
   * run draws a new one.
   */
  public ObjectNode fields(PromptSpec spec) {
    ObjectNode fields = Fields.object();
    fields.put("prompt", spec.prompt());
    fields.put("negative_prompt", spec.negativePrompt());
    styles(spec.promptOptions(), fields);
    fields.put("sampler_name", spec.sampler().label());
    fields.put("scheduler", spec.schedule().label());
    fields.put("steps", spec.steps());
    fields.put("cfg_scale", spec.cfgScale());
    spec.size().ifPresent(size -> fields.put("width", size.width()).put("height", size.height()));
    fields.put("seed", spec.seed().orElse(-1));
    fields.put("n_iter", spec.images());
    variation(spec.variation(), fields);
    eta(spec).ifPresent(eta -> fields.put("eta", eta));
    sampling(spec, fields);
    loras(spec.loras(), fields);
    switch (spec.tiling()) {
      case NONE -> {}
      case BOTH -> fields.put("tiling", true);
      case X, Y -> fields.put("tiling", spec.tiling().name().toLowerCase(Locale.ROOT));
    }
    spec.refinerSwitch().ifPresent(at -> refiner(at, fields));
    spec.imageToImage().ifPresent(start -> start(start, fields));
    spec.hiresFix().ifPresent(hires -> hires(hires, fields));
    OwnSettings.write(spec, fields);
    DetailPassFields.write(spec, fields);
    overrides(spec, fields);
    return fields;
  }

  private static void putIf(boolean needed, ObjectNode fields, String name, double value) {
    if (needed) {
      fields.put(name, value);
    }
  }

  private static void styles(PromptOptions options, ObjectNode fields) {
    if (!options.styles().isEmpty()) {
      ArrayNode names = fields.putArray("styles");
      options.styles().stream().map(Style::name).forEach(names::add);
    }
  }

  private static void variation(Variation variation, ObjectNode fields) {
    if (variation.strength() != 0) {
      fields.put("subseed", variation.seed().orElse(-1));
      fields.put("subseed_strength", variation.strength());
    }
    variation
        .resizeFrom()
        .ifPresent(
            size ->
                fields
                    .put("seed_resize_from_w", size.width())
                    .put("seed_resize_from_h", size.height()));
  }

  private static void sampling(PromptSpec spec, ObjectNode fields) {
    SamplerOptions options = spec.samplerOptions();
    SamplerOptions usual = DEFAULTS.samplerOptions();
    options.sTmax().ifPresent(most -> fields.put("s_tmax", most));
    double below =
        OptionDraft.skipsUncondInAllSteps(spec)
            ? spec.speedOptions().guidanceRange().sigmaMin()
            : options.skipUncondBelowSigma();
    putIf(below != usual.skipUncondBelowSigma(), fields, "s_min_uncond", below);
  }

  private static void loras(List<LoraAdapter> loras, ObjectNode fields) {
    if (!loras.isEmpty()) {
      ArrayNode all = fields.putArray("lora");
      for (LoraAdapter lora : loras) {
        all.addObject().put("path", lora.name()).put("multiplier", lora.unetStrength());
      }
    }
  }

  private void refiner(double at, ObjectNode fields) {
    Checkpoint refiner = context.pipeline().refiner().orElse(context.pipeline().checkpoint());
    fields.put("refiner_checkpoint", refiner.name());
    fields.put("refiner_switch_at", at);
  }

  /** Writes everything except the images. */
  private static void start(ImageToImage start, ObjectNode fields) {
    fields.put("denoising_strength", start.denoisingStrength());
    fields.put("resize_mode", number(start.resizeMode(), ResizeMode.values()));
    putIf(
        start.noiseMultiplier() != 1, fields, "initial_noise_multiplier", start.noiseMultiplier());
    start.inpainting().ifPresent(mask -> inpainting(mask, fields));
    start.outpainting().ifPresent(areas -> outpainting(areas, fields));
  }

  /** Returns the index of a value; A1111's API identifies choices by index. */
  private static <T> int number(T value, T[] values) {
    return List.of(values).indexOf(value);
  }

  private static void inpainting(Inpainting mask, ObjectNode fields) {
    fields.put("mask_blur", mask.maskBlur());
    fields.put("inpainting_fill", number(mask.maskedContent(), MaskedContent.values()));
    fields.put("inpaint_full_res", mask.onlyMasked());
    fields.put("inpaint_full_res_padding", mask.padding());
    fields.put("inpainting_mask_invert", mask.inverted() ? 1 : 0);
  }

  private static void outpainting(Outpainting areas, ObjectNode fields) {
    fields
        .putObject("outpainting")
        .put("left", areas.left())
        .put("right", areas.right())
        .put("up", areas.up())
        .put("down", areas.down());
    fields.put("mask_blur", areas.maskBlur());
    fields.put("inpainting_fill", number(areas.maskedContent(), MaskedContent.values()));
  }

  private static void hires(HiresFix hires, ObjectNode fields) {
    fields.put("enable_hr", true);
    fields.put("hr_scale", hires.scale());
    hires
        .size()
        .ifPresent(
            size -> fields.put("hr_resize_x", size.width()).put("hr_resize_y", size.height()));
    fields.put("hr_upscaler", hires.upscaler().name());
    fields.put("hr_second_pass_steps", hires.steps().orElse(0));
    fields.put("denoising_strength", hires.denoisingStrength());
    hires.cfgScale().ifPresent(scale -> fields.put("hr_cfg", scale));
    hires.distilledGuidance().ifPresent(scale -> fields.put("hr_distilled_cfg", scale));
    hires.prompt().ifPresent(text -> fields.put("hr_prompt", text));
    hires.negativePrompt().ifPresent(text -> fields.put("hr_negative_prompt", text));
    hires.sampler().ifPresent(sampler -> fields.put("hr_sampler_name", sampler.label()));
    hires.schedule().ifPresent(schedule -> fields.put("hr_scheduler", schedule.label()));
  }

  private void overrides(PromptSpec spec, ObjectNode fields) {
    context.name(fields);
    ObjectNode overrides = Overrides.of(spec, context.pipeline().checkpoint());
    if (!overrides.isEmpty()) {
      fields.set("override_settings", overrides);
    }
  }
}
