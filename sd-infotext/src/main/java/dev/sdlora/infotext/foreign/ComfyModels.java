package dev.sdlora.infotext.foreign;

import dev.sdlora.infotext.foreign.ComfyGraph.Link;
import dev.sdlora.infotext.foreign.ComfyGraph.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Follows the model and the text encoder of a sampler back to their loader and reads the LoRAs and
 * other changes along these paths.
 */
final class ComfyModels {
  /** Upper bound, far more than the LoRAs that a request may chain. */
  private static final int MAX_WAY = 500;

  private final ComfyGraph graph;
  private final ForeignSettings settings;
  private final Set<Node> understood;

  /**
   * Creates a reader for a graph.
   *
   * @param settings receives the settings that are found
   * @param understood receives the nodes that were read
   */
  ComfyModels(ComfyGraph graph, ForeignSettings settings, Set<Node> understood) {
    this.graph = graph;
    this.settings = settings;
    this.understood = understood;
  }

  /** Returns the file of a sampler's model, if a loader names one. */
  static Optional<String> file(ComfyGraph graph, Optional<Link> model) {
    List<Node> way = way(graph, model, "model");
    return way.isEmpty() ? Optional.empty() : name(graph, way.get(way.size() - 1));
  }

  private static Optional<String> name(ComfyGraph graph, Node loader) {
    return List.of("ckpt_name", "unet_name", "model_path").stream()
        .map(input -> graph.text(loader, input))
        .filter(name -> !name.isEmpty())
        .findFirst();
  }

  /**
   * Sets the model, its LoRAs and the clip skip.
   *
   * @param model the sampler's model input
   * @param clip the text encoder of the positive prompt
   */
  void read(Optional<Link> model, Optional<Link> clip) {
    List<Node> models = way(graph, model, "model");
    List<Node> clips = way(graph, clip, "clip");
    file(graph, model).ifPresent(name -> settings.model(name, ""));
    Map<Node, Double> unet = strengths(models, "strength_model");
    Map<Node, Double> textEncoder = strengths(clips, "strength_clip");
    List<Node> loras = new ArrayList<>(unet.keySet());
    textEncoder.keySet().stream().filter(node -> !unet.containsKey(node)).forEach(loras::add);
    // Nearest to the loader first, the order in which they were applied.
    loras.sort((a, b) -> Integer.compare(place(b, models, clips), place(a, models, clips)));
    for (Node lora : loras) {
      settings.lora(
          graph.text(lora, "lora_name"),
          textEncoder.getOrDefault(lora, 0.0),
          unet.getOrDefault(lora, 0.0),
          "");
    }
    understood.addAll(loras);
    models.forEach(this::changes);
    clips.forEach(this::stops);
    settings.t5OfComfy(
        Stream.of(models, clips)
            .flatMap(List::stream)
            .flatMap(node -> Stream.of(node.type(), graph.text(node, "type"))));
    for (List<Node> way : List.of(models, clips)) {
      if (!way.isEmpty() && name(graph, way.get(way.size() - 1)).isPresent()) {
        understood.add(way.get(way.size() - 1));
      }
    }
  }

  private static int place(Node node, List<Node> models, List<Node> clips) {
    return Math.max(models.indexOf(node), clips.indexOf(node));
  }

  private Map<Node, Double> strengths(List<Node> way, String strength) {
    Map<Node, Double> strengths = new HashMap<>();
    for (Node node : way) {
      if (!graph.text(node, "lora_name").isEmpty()) {
        strengths.put(node, graph.value(node, strength).asDouble(1));
      }
    }
    return strengths;
  }

  private void changes(Node node) {
    switch (node.type()) {
      case "ModelSamplingDiscrete" -> {
        if (graph.value(node, "zsnr").asBoolean(false)) {
          settings.set("Noise Schedule", "Zero Terminal SNR");
        }
      }
      case "ModelSamplingAuraFlow", "ModelSamplingSD3" -> {
        settings.set("Shift", graph.value(node, "shift"));
        understood.add(node);
      }
      case "SkipLayerGuidanceSD3" -> skipLayers(node, "layers");
      case "SkipLayerGuidanceDiT" -> {
        if (graph.value(node, "rescaling_scale").asDouble(0) == 0) {
          skipLayers(node, "double_layers");
        }
      }
      case "RescaleCFG" -> {
        settings.set("CFG Rescale", graph.value(node, "multiplier"));
        understood.add(node);
      }
      default -> {
        // The node stays among those that are not understood.
      }
    }
  }

  /**
   * Reads skip-layer guidance. Its limits are times between noise and image, which are shares of
   * the steps with schedules such as Normal, Simple and SGM Uniform.
   */
  private void skipLayers(Node node, String layers) {
    settings.set("Skip layers", graph.value(node, layers));
    settings.set("Skip layer scale", graph.value(node, "scale"));
    settings.set("Skip layer start", graph.value(node, "start_percent"));
    settings.set("Skip layer end", graph.value(node, "end_percent"));
    understood.add(node);
  }

  private void stops(Node node) {
    int layer = graph.value(node, "stop_at_clip_layer").asInt(0);
    if (layer < 0) {
      settings.set("Clip skip", Long.toString(-(long) layer));
      understood.add(node);
    }
  }

  /** Returns all nodes that pass an input of this kind through, up to its loader. */
  private static List<Node> way(ComfyGraph graph, Optional<Link> start, String kind) {
    Set<Node> way = new LinkedHashSet<>();
    Optional<Link> link = start;
    while (link.isPresent() && way.size() < MAX_WAY && way.add(link.get().from())) {
      link = graph.link(link.get().from(), kind);
    }
    return List.copyOf(way);
  }
}
