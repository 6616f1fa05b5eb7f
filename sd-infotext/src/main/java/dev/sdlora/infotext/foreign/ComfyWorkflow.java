package dev.sdlora.infotext.foreign;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts the workflow of ComfyUI's page for images that lack the graph that was run. Workflow
 * values have no names, but their order is known for the standard nodes. Bypassed nodes are
 * skipped: an output is connected to the input of the same type.
 */
final class ComfyWorkflow {
  private static final int MUTED = 2;
  private static final int BYPASSED = 4;
  private static final int MAX_HOPS = 64;

  /** A value that only the page uses: how a seed changes after each run. */
  private static final String OF_PAGE = "";

  private static final Map<String, List<String>> WIDGETS =
      Map.ofEntries(
          entry("CheckpointLoaderSimple", List.of("ckpt_name")),
          entry("UNETLoader", List.of("unet_name", "weight_dtype")),
          entry("VAELoader", List.of("vae_name")),
          entry("LoraLoader", List.of("lora_name", "strength_model", "strength_clip")),
          entry("LoraLoaderModelOnly", List.of("lora_name", "strength_model")),
          entry("CLIPSetLastLayer", List.of("stop_at_clip_layer")),
          entry("CLIPTextEncode", List.of("text")),
          entry(
              "CLIPTextEncodeSDXL",
              List.of(
                  "width",
                  "height",
                  "crop_w",
                  "crop_h",
                  "target_width",
                  "target_height",
                  "text_g",
                  "text_l")),
          entry("EmptyLatentImage", List.of("width", "height", "batch_size")),
          entry("EmptySD3LatentImage", List.of("width", "height", "batch_size")),
          entry("LatentUpscale", List.of("upscale_method", "width", "height", "crop")),
          entry("LatentUpscaleBy", List.of("upscale_method", "scale_by")),
          entry("ImageScale", List.of("upscale_method", "width", "height", "crop")),
          entry("ImageScaleBy", List.of("upscale_method", "scale_by")),
          entry("UpscaleModelLoader", List.of("model_name")),
          entry("LoadImage", List.of("image")),
          entry("ControlNetLoader", List.of("control_net_name")),
          entry("ControlNetApply", List.of("strength")),
          entry("ControlNetApplyAdvanced", List.of("strength", "start_percent", "end_percent")),
          entry(
              "KSampler",
              List.of("seed", OF_PAGE, "steps", "cfg", "sampler_name", "scheduler", "denoise")),
          entry(
              "KSamplerAdvanced",
              List.of(
                  "add_noise",
                  "noise_seed",
                  OF_PAGE,
                  "steps",
                  "cfg",
                  "sampler_name",
                  "scheduler",
                  "start_at_step",
                  "end_at_step",
                  "return_with_leftover_noise")),
          entry("SamplerCustom", List.of("add_noise", "noise_seed", OF_PAGE, "cfg")),
          entry("RandomNoise", List.of("noise_seed", OF_PAGE)),
          entry("KSamplerSelect", List.of("sampler_name")),
          entry("BasicScheduler", List.of("scheduler", "steps", "denoise")),
          entry("KarrasScheduler", List.of("steps", "sigma_max", "sigma_min", "rho")),
          entry("CFGGuider", List.of("cfg")),
          entry("RescaleCFG", List.of("multiplier")),
          entry("ModelSamplingDiscrete", List.of("sampling", "zsnr")),
          entry("ModelSamplingAuraFlow", List.of("shift")),
          entry("ModelSamplingSD3", List.of("shift")),
          entry("SkipLayerGuidanceSD3", List.of("layers", "scale", "start_percent", "end_percent")),
          entry(
              "SkipLayerGuidanceDiT",
              List.of(
                  "double_layers",
                  "single_layers",
                  "scale",
                  "start_percent",
                  "end_percent",
                  "rescaling_scale")),
          entry("FluxGuidance", List.of("guidance")),
          entry("PrimitiveNode", List.of("value")));

  private final Map<String, JsonNode> nodes = new HashMap<>();

  /** The links by number; each holds its source's node id and output. */
  private final Map<String, JsonNode> links = new HashMap<>();

  private ComfyWorkflow(JsonNode json) {
    json.path("nodes").forEach(node -> nodes.put(node.path("id").asText(""), node));
    json.path("links").forEach(link -> links.put(link.path(0).asText(""), link));
  }

  /** Returns the same graph in API format. */
  static JsonNode toApi(JsonNode json) {
    return new ComfyWorkflow(json).graph(json.path("nodes"));
  }

  private ObjectNode graph(JsonNode list) {
    ObjectNode graph = JsonNodeFactory.instance.objectNode();
    for (JsonNode node : list) {
      int mode = node.path("mode").asInt(0);
      if (mode != MUTED && mode != BYPASSED && !isReroute(node)) {
        ObjectNode shown = graph.putObject(node.path("id").asText(""));
        shown.put("class_type", node.path("type").asText(""));
        ObjectNode inputs = shown.putObject("inputs");
        widgets(node, inputs);
        for (JsonNode input : node.path("inputs")) {
          link(input, inputs);
        }
      }
    }
    return graph;
  }

  private static boolean isReroute(JsonNode node) {
    return node.path("type").asText("").equals("Reroute");
  }

  private static void widgets(JsonNode node, ObjectNode inputs) {
    JsonNode values = node.path("widgets_values");
    if (values.isObject()) {
      values.properties().forEach(field -> inputs.set(field.getKey(), field.getValue()));
      return;
    }
    List<String> names = WIDGETS.getOrDefault(node.path("type").asText(""), List.of());
    for (int i = 0; i < names.size() && i < values.size(); i++) {
      if (!names.get(i).equals(OF_PAGE)) {
        inputs.set(names.get(i), values.path(i));
      }
    }
  }

  private void link(JsonNode input, ObjectNode inputs) {
    JsonNode link = links.get(input.path("link").asText(""));
    String type = input.path("type").asText("");
    for (int hop = 0; hop < MAX_HOPS && link != null; hop++) {
      JsonNode from = nodes.get(link.path(1).asText(""));
      if (from == null || from.path("mode").asInt(0) == MUTED) {
        return;
      }
      if (!isReroute(from) && from.path("mode").asInt(0) != BYPASSED) {
        ArrayNode place = JsonNodeFactory.instance.arrayNode();
        place.add(link.path(1).asText("")).add(link.path(2).asInt(0));
        inputs.set(input.path("name").asText(""), place);
        return;
      }
      link = throughOf(from, type);
    }
  }

  /** Returns the link that feeds an output of a bypassed node. */
  private @Nullable JsonNode throughOf(JsonNode node, String type) {
    for (JsonNode input : node.path("inputs")) {
      if (isReroute(node) || input.path("type").asText("").equals(type)) {
        return links.get(input.path("link").asText(""));
      }
    }
    return null;
  }
}
