package dev.sdlora.server.studio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Style;
import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.Schedule;
import dev.sdlora.request.KnownFields;
import dev.sdlora.request.context.Model;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;
import dev.sdlora.request.setting.FieldSchemas;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** The model and the choices that a page needs before drawing. */
final class ModelDescription {
  private final boolean masks;
  private final BooleanSupplier savesStyles;

  ModelDescription(boolean masks, BooleanSupplier savesStyles) {
    this.masks = masks;
    this.savesStyles = savesStyles;
  }

  /** Returns the response of {@code GET /api/model} for the checkpoint of a context. */
  ObjectNode json(RequestContext requestContext) {
    Checkpoint checkpoint = requestContext.model().checkpoint();
    ObjectNode json = Fields.object();
    json.put("name", requestContext.model().name());
    ArrayNode checkpoints = json.putArray("checkpoints");
    for (Model model : requestContext.checkpoints()) {
      checkpoints
          .addObject()
          .put("name", model.name())
          .put("family", model.checkpoint().family().toString())
          .put("loaded", model.isLoaded());
    }
    json.put("family", checkpoint.family().toString());
    addNames(json, "signs", checkpoint.signs());
    checkpoint.usageHint().ifPresent(hint -> json.put("usage_hint", hint));
    json.put("precision", requestContext.pipeline().precision().name().toLowerCase(Locale.ROOT));
    json.putObject("weights")
        .put("file", checkpoint.storage())
        .put("memory", requestContext.pipeline().storage());
    json.put("reads_references", requestContext.readsReferences());
    json.put("size_multiple", requestContext.sizeMultiple());
    json.set(
        "aspect_ratios",
        AspectRatios.json(checkpoint.defaultSize(), requestContext.sizeMultiple()));
    addNames(json, "samplers", Arrays.stream(Sampler.values()).map(Sampler::label).toList());
    addNames(json, "schedulers", Arrays.stream(Schedule.values()).map(Schedule::label).toList());
    addNames(json, "upscalers", requestContext.upscalerNames());
    addNames(json, "latent_upscalers", requestContext.latentUpscalerNames());
    addNames(json, "control_nets", requestContext.controlNets().keySet());
    addNames(json, "image_adapters", requestContext.imageAdapters());
    addNames(
        json,
        "weight_types",
        Arrays.stream(ImagePrompt.WeightType.values()).map(ImagePrompt.WeightType::label).toList());
    addNames(
        json,
        "embeds_scalings",
        Arrays.stream(ImagePrompt.EmbedsScaling.values())
            .map(ImagePrompt.EmbedsScaling::label)
            .toList());
    addNames(
        json,
        "control_modules",
        requestContext.pipeline().preprocessors().stream().map(Preprocessor::name).toList());
    addNames(json, "detectors", requestContext.pipeline().detectors());
    addNames(
        json,
        "detail_orders",
        Arrays.stream(DetailPass.Order.values()).map(DetailPass.Order::label).toList());
    ObjectNode details = FieldSchemas.ofDetailPasses();
    json.set("detail_fields", details);
    ObjectNode usual = json.putObject("detail_defaults");
    details
        .properties()
        .forEach(
            one ->
                Optional.ofNullable(one.getValue().get("default"))
                    .ifPresent(value -> usual.set(one.getKey(), value)));
    json.put("masks", masks);
    json.put("saves_styles", savesStyles.getAsBoolean());
    ArrayNode styles = json.putArray("styles");
    for (Style style : requestContext.styles()) {
      styles
          .addObject()
          .put("name", style.name())
          .put("prompt", style.prompt())
          .put("negative_prompt", style.negativePrompt());
    }
    addNames(json, "examples", ExamplePrompts.of(checkpoint.words()));
    ObjectNode defaults = defaults(checkpoint);
    requestContext.with(requestContext.models().current()).name(defaults);
    json.set("defaults", defaults);
    ObjectNode fields = json.putObject("fields");
    KnownFields.acting().stream()
        .sorted()
        .forEach(name -> FieldSchemas.of(name).ifPresent(schema -> fields.set(name, schema)));
    json.putObject("limits")
        .put("pixels", requestContext.limits().pixels())
        .put("images", requestContext.limits().images())
        .put("body_bytes", requestContext.limits().bytes());
    return json;
  }

  /** Returns the defaults for fields that a request omits. */
  private static ObjectNode defaults(Checkpoint checkpoint) {
    PromptSpec spec = checkpoint.defaults();
    HiresFix hires = HiresFix.builder().build();
    ImageSize size = checkpoint.defaultSize();
    JsonNode strength = FieldSchemas.of("denoising_strength").orElseThrow().required("default");
    return Fields.object()
        .put("prompt", "")
        .put("negative_prompt", "")
        .put("sampler_name", spec.sampler().label())
        .put("scheduler", spec.schedule().label())
        .put("steps", spec.steps())
        .put("width", size.width())
        .put("height", size.height())
        .put("cfg_scale", spec.cfgScale())
        .put("seed", -1)
        .put("n_iter", 1)
        .put("enable_hr", false)
        .put("hr_scale", hires.scale())
        .put("hr_upscaler", hires.upscaler().name())
        .put("hr_second_pass_steps", hires.steps().orElse(0))
        .setAll(Map.of("denoising_strength", strength));
  }

  private static void addNames(ObjectNode json, String field, Collection<String> names) {
    ArrayNode array = json.putArray(field);
    names.forEach(array::add);
  }
}
