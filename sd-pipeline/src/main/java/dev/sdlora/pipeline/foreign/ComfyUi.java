package dev.sdlora.pipeline.foreign;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.pipeline.foreign.ComfyGraph.Node;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * ComfyUI: the graph of nodes that made an image. From the node that saves it the way leads back to
 * the last sampler, and from there to the model, the texts, and the latent or an earlier sampler.
 */
public final class ComfyUi {
  static final String PROGRAM = "ComfyUI";

  /** Of the nodes that save or show images, so many are looked at. */
  private static final int MAX_OUTPUTS = 32;

  private ComfyUi() {}

  /**
   * Settings as JSON: the graph that was run, or what the page showed of it.
   *
   * @param size of the image, which tells several that a graph saves apart; empty if not known
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

  /** The last samplers before what is saved, or before nothing. */
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
