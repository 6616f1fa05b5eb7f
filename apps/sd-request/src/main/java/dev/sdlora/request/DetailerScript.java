package dev.sdlora.request;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.api.value.SettingException;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.FieldException;
import dev.sdlora.request.json.Fields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The arguments of A1111's script ADetailer: two optional switches, whether it is enabled and
 * whether it skips image-to-image, and an object for each pass, with the extension's defaults.
 */
final class DetailerScript {
  private static final Set<String> ACTING =
      Set.of(
          """
          ad_model ad_model_classes ad_tab_enable ad_prompt ad_negative_prompt ad_confidence
          ad_mask_filter_method ad_mask_k ad_mask_min_ratio ad_mask_max_ratio ad_dilate_erode
          ad_x_offset ad_y_offset ad_mask_merge_invert ad_mask_blur ad_denoising_strength
          ad_inpaint_only_masked ad_inpaint_only_masked_padding ad_use_inpaint_width_height
          ad_inpaint_width ad_inpaint_height ad_use_steps ad_steps ad_use_cfg_scale ad_cfg_scale
          ad_use_checkpoint ad_checkpoint ad_use_vae ad_vae ad_use_sampler ad_sampler ad_scheduler
          ad_use_noise_multiplier ad_noise_multiplier ad_use_clip_skip ad_clip_skip
          ad_restore_face
          """
              .strip()
              .split("\\s+"));

  /** The fields of the ControlNet of a pass; the first one switches it on. */
  private static final List<String> CONTROL_NET =
      List.of(
          "ad_controlnet_model",
          "ad_controlnet_module",
          "ad_controlnet_weight",
          "ad_controlnet_guidance_start",
          "ad_controlnet_guidance_end");

  private static final Set<String> KNOWN =
      Stream.of(ACTING.stream(), CONTROL_NET.stream(), Stream.of("is_api"))
          .flatMap(names -> names)
          .collect(Collectors.toUnmodifiableSet());

  private static final String NONE = "None";

  private final RequestContext context;
  private final Overrides options;

  DetailerScript(RequestContext context, Overrides options) {
    this.context = context;
    this.options = options;
  }

  /** Whether a script name is that of the extension, in any case. */
  static boolean isTheirs(String script) {
    return script.equalsIgnoreCase("adetailer");
  }

  /** Whether a request has arguments for the script, even such that disable it. */
  boolean isIn(Fields fields) {
    return fields.object("alwayson_scripts").names().stream().anyMatch(DetailerScript::isTheirs);
  }

  /**
   * Returns the arguments of the enabled passes.
   *
   * @throws FieldException if they are to start from the image of image-to-image
   */
  List<Fields> passes(Fields fields) {
    List<Fields> passes = new ArrayList<>();
    Fields scripts = fields.object("alwayson_scripts");
    for (String script : scripts.names()) {
      if (isTheirs(script)) {
        List<JsonNode> arguments = scripts.object(script).elements("args");
        if (enabled(arguments)) {
          passes.addAll(passes(arguments, fields));
        }
      }
    }
    if (!passes.isEmpty() && context.ignoreScripts() && context.pipeline().detectors().isEmpty()) {
      fields.warn("script 'ADetailer' was ignored, because there are no detectors");
      return List.of();
    }
    return passes;
  }

  private static boolean enabled(List<JsonNode> arguments) {
    return arguments.isEmpty() || !arguments.get(0).isBoolean() || arguments.get(0).booleanValue();
  }

  private static List<Fields> passes(List<JsonNode> arguments, Fields fields) {
    List<Fields> passes = new ArrayList<>();
    for (JsonNode argument : arguments) {
      if (argument instanceof ObjectNode object && isEnabled(fields.with(object))) {
        passes.add(fields.with(object));
      }
    }
    boolean skips = arguments.size() > 1 && arguments.get(1).asBoolean(false);
    if (skips && !passes.isEmpty() && !fields.texts("init_images").isEmpty()) {
      throw new FieldException(
          "alwayson_scripts",
          "skipping img2img, the second argument of ADetailer, is not supported");
    }
    return passes;
  }

  private static boolean isEnabled(Fields pass) {
    return pass.flag("ad_tab_enable", true)
        && !pass.name("ad_model").orElse(NONE).equalsIgnoreCase(NONE);
  }

  /** Reads the arguments of a pass. */
  DetailPass pass(Fields fields) {
    fields.names().stream()
        .filter(name -> !KNOWN.contains(name) && fields.has(name))
        .forEach(name -> fields.warn(KnownFields.unknown("field of ADetailer", name, KNOWN)));
    requireSupported(fields);
    String model = fields.name("ad_model").orElse(NONE);
    if (model.toLowerCase(Locale.ROOT).startsWith("mediapipe")) {
      throw new FieldException(
          "ad_model",
          "field 'ad_model' names '%s', but MediaPipe is not supported; expected a detector such as face_yolov8n.pt"
              .formatted(model));
    }
    DetailPass.Builder pass = DetailPass.builder(model);
    options.detail(pass);
    fields.ifName("ad_model_classes", classes -> pass.labels(labels(classes)));
    fields.text("ad_prompt").ifPresent(pass::prompt);
    fields.text("ad_negative_prompt").ifPresent(pass::negativePrompt);
    finds(fields, pass);
    masks(fields, pass);
    sampling(fields, pass);
    return pass.build();
  }

  private void requireSupported(Fields fields) {
    if (fields.flag("ad_restore_face", false)) {
      throw new FieldException("ad_restore_face", "'ad_restore_face' is not supported");
    }
    if (fields.flag("ad_use_checkpoint", false)) {
      other(fields, "ad_checkpoint", "Use same checkpoint")
          .ifPresent(name -> context.requireCheckpoint("ad_checkpoint", name));
    }
    if (fields.flag("ad_use_vae", false)) {
      other(fields, "ad_vae", "Use same VAE")
          .ifPresent(
              name ->
                  fields.set(
                      "ad_vae", () -> Overrides.requireVae("field 'ad_vae'", name, context)));
    }
    String model = CONTROL_NET.get(0);
    other(fields, model, NONE)
        .ifPresent(
            name -> fields.warn("field '%s' of ADetailer is not supported".formatted(model)));
  }

  /** Returns the name in a field unless it stands for what the request has. */
  private static Optional<String> other(Fields fields, String field, String same) {
    return fields
        .name(field)
        .filter(name -> !name.equalsIgnoreCase(NONE) && !name.equalsIgnoreCase(same));
  }

  private static List<String> labels(String classes) {
    return Arrays.stream(classes.split(",", -1))
        .map(String::strip)
        .filter(label -> !label.isEmpty())
        .toList();
  }

  private static void finds(Fields fields, DetailPass.Builder pass) {
    fields.ifNumber("ad_confidence", pass::confidence);
    fields.ifWhole("ad_mask_k", pass::most);
    fields.ifName(
        "ad_mask_filter_method",
        name -> pass.mostConfident(choice(name, List.of("Area", "Confidence")) == 1));
    DetailPassFields.share(fields, "ad_mask_min_ratio", "ad_mask_max_ratio", pass);
  }

  private static void masks(Fields fields, DetailPass.Builder pass) {
    fields.ifWhole("ad_dilate_erode", pass::growth);
    pass.offset(fields.whole("ad_x_offset", 0), fields.whole("ad_y_offset", 0));
    fields.ifName(
        "ad_mask_merge_invert",
        name -> {
          int chosen = choice(name, List.of(NONE, "Merge", "Merge and Invert"));
          pass.merged(chosen == 1).inverted(chosen == 2);
        });
    fields.ifWhole("ad_mask_blur", pass::maskBlur);
    pass.wholeImage(!fields.flag("ad_inpaint_only_masked", true));
    fields.ifWhole("ad_inpaint_only_masked_padding", pass::padding);
  }

  private static void sampling(Fields fields, DetailPass.Builder pass) {
    fields.ifNumber("ad_denoising_strength", pass::denoisingStrength);
    if (fields.flag("ad_use_inpaint_width_height", false)) {
      DetailPassFields.size(fields, "ad_inpaint_width", "ad_inpaint_height", 512, pass);
    }
    if (fields.flag("ad_use_steps", false)) {
      pass.steps(28);
      fields.ifWhole("ad_steps", pass::steps);
    }
    if (fields.flag("ad_use_cfg_scale", false)) {
      pass.cfgScale(7);
      fields.ifNumber("ad_cfg_scale", pass::cfgScale);
    }
    if (fields.flag("ad_use_sampler", false)) {
      sampler(fields, pass);
    }
    if (fields.flag("ad_use_noise_multiplier", false)) {
      pass.noiseMultiplier(1);
      fields.ifNumber("ad_noise_multiplier", pass::noiseMultiplier);
    }
    if (fields.flag("ad_use_clip_skip", false)) {
      pass.clipSkip(1);
      fields.ifWhole("ad_clip_skip", pass::clipSkip);
    }
  }

  /** As in A1111, a schedule in the name of the sampler takes precedence. */
  private static void sampler(Fields fields, DetailPass.Builder pass) {
    other(fields, "ad_scheduler", "Use same scheduler")
        .ifPresent(name -> fields.set("ad_scheduler", () -> pass.schedule(Schedule.parse(name))));
    String name = fields.name("ad_sampler").orElse("DPM++ 2M Karras");
    if (!name.equalsIgnoreCase("Use same sampler")) {
      fields.set("ad_sampler", () -> DetailPassFields.sampler(name, pass));
    }
  }

  /** Returns the index of a name, in any case. */
  private static int choice(String name, List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(name)) {
        return i;
      }
    }
    throw new SettingException("value", "be one of " + String.join(", ", names), name);
  }
}
