package dev.sdlora.infotext.foreign;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.infotext.foreign.ComfyGraph.Node;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads ComfyUI's settings from the graph of nodes that made an image. Starts at the node that
 * saves it, goes back to the last sampler, and from there to the model, the texts, and the latent
 * or an earlier sampler.
 */
public final class ComfyUi {
  static final String PROGRAM = "ComfyUI";

  /** The maximum number of saving or previewing nodes that are followed. */
  private static final int MAX_OUTPUTS = 32;

  private ComfyUi() {}

  /**
   * Reads settings as JSON: the graph that was run, or the workflow that the page showed.
   *
   * @param size the size of the image, to choose between several images that a graph saves; empty
   *     if unknown
   */
  public static Optional<ForeignSettings> read(JsonNode json, Optional<ImageSize> size) {
    JsonNode api = json.path("nodes").isArray() ? ComfyWorkflow.toApi(json) : json;
    Optional<ComfyGraph> graph = ComfyGraph.of(api);
    if (graph.isEmpty()) {
      return Optional.empty();
    }
    List<ComfySampling> found =
        last(graph.get()).stream().map(node -> new ComfySampling(graph.get(), node)).toList();
    return found.stream()
        .filter(sampling -> size.isPresent() && sampling.size().equals(size))
        .findFirst()
        .or(() -> found.stream().reduce((a, b) -> b.passes() > a.passes() ? b : a))
        .map(sampling -> sampling.read(size));
  }

  /** Returns the last samplers before the saving nodes, or the last sampler if there are none. */
  private static Set<Node> last(ComfyGraph graph) {
    Set<Node> last = new LinkedHashSet<>();
    int outputs = 0;
    for (Node node : graph.nodes()) {
      boolean saves = node.type().startsWith("Save") || node.type().startsWith("Preview");
      if (saves && outputs++ < MAX_OUTPUTS) {
        graph
            .way(node, sampler -> ComfySampling.isSampler(graph, sampler))
            .ifPresent(way -> last.add(way.get(way.size() - 1)));
      }
    }
    if (last.isEmpty()) {
      List<Node> samplers = new ArrayList<>();
      for (Node node : graph.nodes()) {
        if (ComfySampling.isSampler(graph, node)) {
          samplers.add(node);
        }
      }
      if (!samplers.isEmpty()) {
        last.add(samplers.get(samplers.size() - 1));
      }
    }
    return last;
  }
}
