package dev.sdlora.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.image.ResizeMode;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.context.RequestImages;
import dev.sdlora.request.json.Fields;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** The ControlNet units sent by clients of A1111's ControlNet extension. */
final class ControlUnits {
  private static final Set<String> ACTING =
      Set.of(
          "enabled",
          "module",
          "processor_res",
          "threshold_a",
          "threshold_b",
          "pixel_perfect",
          "model",
          "image",
          "input_image",
          "weight",
          "guidance_start",
          "guidance_end",
          "control_mode",
          "resize_mode",
          "union_control_type");

  /** Fields that only matter to where the extension runs. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "low_vram",
          "lowvram",
          "save_detected_map",
          "input_mode",
          "is_ui",
          "loopback",
          "output_dir",
          "batch_images");

  private static final Set<String> UNSUPPORTED =
      Set.of(
          "mask", "mask_image", "effective_region_mask", "advanced_weighting", "ipadapter_input");

  /** A1111's value for a unit whose model has no types. */
  private static final String NO_TYPE = "Unknown";

  private final RequestContext context;
  private final RequestImages images;

  ControlUnits(RequestContext context, RequestImages images) {
    this.context = context;
    this.images = images;
  }

  /** Whether a script name is that of the extension, in any case. */
  static boolean isTheirs(String script) {
    return script.equalsIgnoreCase("controlnet");
  }

  void read(Fields fields, PromptSpec.Builder spec) {
    Fields scripts = fields.object("alwayson_scripts");
    List<Fields> units =
        scripts.names().stream()
            .filter(ControlUnits::isTheirs)
            .flatMap(script -> scripts.object(script).objects("args").stream())
            .filter(unit -> unit.flag("enabled", true))
            .toList();
    Fields.requireFew("alwayson_scripts", units.size(), "units", context.limits().controlUnits());
    for (Fields unit : units) {
      check(unit);
      if (ImagePromptUnits.isOne(unit)) {
        spec.imagePrompt(ImagePromptUnits.read(unit, context, images));
      } else {
        spec.controlUnit(unit(unit));
      }
    }
  }

  private static void check(Fields unit) {
    for (String name : unit.names()) {
      boolean given =
          unit.has(name)
              && !unit.node().get(name).asText("x").isEmpty()
              && !(ImagePromptUnits.isOne(unit) && ImagePromptUnits.reads(name));
      boolean everywhere = unit.node().get(name).asText().matches("(?i)both|0");
      if (given && (UNSUPPORTED.contains(name) || (name.equals("hr_option") && !everywhere))) {
        unit.warn("field '%s' of a ControlNet unit is not supported".formatted(name));
      } else if (given
          && !name.equals("hr_option")
          && !ACTING.contains(name)
          && !WITHOUT_EFFECT.contains(name)) {
        unit.warn(KnownFields.unknown("field of a ControlNet unit", name, ACTING));
      }
    }
  }

  private ControlUnit unit(Fields unit) {
    String name = unit.name("model").orElse("None");
    Path network = context.controlNet(name);
    Image read = image(unit, images);
    Preprocessor preprocessor = ControlModules.read(unit, "");
    ControlModules.requirePixels(preprocessor, read, context.limits().pixels());
    ControlUnit.Builder builder = ControlUnit.builder(network, read);
    unit.ifName(
        "union_control_type",
        type -> {
          if (!type.equalsIgnoreCase(NO_TYPE)) {
            builder.unionType(type);
          }
        });
    return builder
        .preprocessor(preprocessor)
        .weight(unit.number("weight").orElse(1))
        .range(unit.number("guidance_start").orElse(0), unit.number("guidance_end").orElse(1))
        .mode(mode(unit.node().path("control_mode").asText("")))
        .resizeMode(resizeMode(unit.node().path("resize_mode").asText("")))
        .build();
  }

  /** Reads the image of a unit. */
  static Image image(Fields unit, RequestImages images) {
    String image =
        unit.name("image")
            .or(() -> unit.name("input_image"))
            .orElseThrow(
                () -> new IllegalArgumentException("a unit of 'controlnet' must have an 'image'"));
    return images.image("image", image);
  }

  /** Finds a mode by number or by name in any case; an empty text selects the first. */
  private static ControlUnit.Mode mode(String text) {
    List<ControlUnit.Mode> modes = List.of(ControlUnit.Mode.values());
    return modes.stream()
        .filter(
            mode ->
                text.isEmpty()
                    || text.equals("" + modes.indexOf(mode))
                    || text.equalsIgnoreCase(mode.label()))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("unknown 'control_mode': '%s'".formatted(text)));
  }

  private static ResizeMode resizeMode(String text) {
    return switch (text) {
      case "" -> ResizeMode.CROP_AND_RESIZE;
      case "0" -> ResizeMode.JUST_RESIZE;
      case "1" -> ResizeMode.CROP_AND_RESIZE;
      case "2" -> ResizeMode.RESIZE_AND_FILL;
      default -> ResizeMode.parse(text);
    };
  }
}
