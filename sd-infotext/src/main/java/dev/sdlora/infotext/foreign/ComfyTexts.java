package dev.sdlora.infotext.foreign;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.infotext.foreign.ComfyGraph.Link;
import dev.sdlora.infotext.foreign.ComfyGraph.Node;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Follows the conditioning of a sampler back to its texts. */
final class ComfyTexts {
  private static final int MAX_DEPTH = 64;

  /** Upper bound on visited nodes; otherwise each repeated combination would double the work. */
  private static final int MAX_VISITS = 1000;

  private static final List<String> CONDITIONS =
      List.of("conditioning", "conditioning_1", "conditioning_to", "positive", "conditioning_from");

  private final ComfyGraph graph;
  private final Set<Node> understood;
  private int visits;
  private Optional<JsonNode> guidance = Optional.empty();

  /**
   * The texts found upstream of a sampler.
   *
   * @param parts texts that are predicted separately; ComfyUI averages the predictions
   * @param encoder the nearest node that encodes a text, if there is one
   */
  record Found(List<Part> parts, Optional<Node> encoder) {
    static final Found NOTHING = new Found(List.of(), Optional.empty());

    /** Returns all parts in A1111's syntax. */
    String text() {
      return parts.size() == 1
          ? parts.get(0).text()
          : parts.stream()
              .map(part -> part.text() + " :" + ForeignSettings.number(part.weight()))
              .collect(Collectors.joining(" AND "));
    }

    private boolean isBlank() {
      return parts.stream().allMatch(part -> part.text().isBlank());
    }

    private Stream<Part> halves() {
      return parts.stream().map(part -> new Part(part.text(), part.weight() / 2));
    }
  }

  /** A text and its weight. */
  record Part(String text, double weight) {}

  /**
   * Creates a reader for a graph.
   *
   * @param understood receives the nodes that were read
   */
  ComfyTexts(ComfyGraph graph, Set<Node> understood) {
    this.graph = graph;
    this.understood = understood;
  }

  /** Returns the text at the end of a link. */
  Found read(Optional<Link> link) {
    return read(link, 0);
  }

  /** Returns the distilled guidance of the first text that has one. */
  Optional<JsonNode> guidance() {
    return guidance;
  }

  private Found read(Optional<Link> link, int depth) {
    if (link.isEmpty() || depth > MAX_DEPTH || ++visits > MAX_VISITS) {
      return Found.NOTHING;
    }
    Node node = link.get().from();
    return switch (node.type()) {
      case "ConditioningZeroOut" -> {
        understood.add(node);
        yield Found.NOTHING;
      }
      case "ConditioningCombine" -> combined(node, depth);
      case "ConditioningConcat" -> inChunks(node, depth);
      case "FluxGuidance" -> {
        understood.add(node);
        guidance = guidance.or(() -> Optional.of(graph.value(node, "guidance")));
        yield read(graph.link(node, CONDITIONS), depth + 1);
      }
      default ->
          encoded(node)
              .orElseGet(
                  () ->
                      read(
                          link.get().slot() == 1
                              ? graph
                                  .link(node, List.of("negative"))
                                  .or(() -> graph.link(node, CONDITIONS))
                              : graph.link(node, CONDITIONS),
                          depth + 1));
    };
  }

  /** Combines two texts; ComfyUI averages the model's predictions for both. */
  private Found combined(Node node, int depth) {
    Found one = read(graph.link(node, "conditioning_1"), depth + 1);
    Found other = read(graph.link(node, "conditioning_2"), depth + 1);
    understood.add(node);
    if (one.isBlank() || other.isBlank()) {
      return one.isBlank() ? other : one;
    }
    return new Found(Stream.concat(one.halves(), other.halves()).toList(), one.encoder());
  }

  /** Concatenates two texts, each in chunks of its own. */
  private Found inChunks(Node node, int depth) {
    Found one = read(graph.link(node, "conditioning_to"), depth + 1);
    Found other = read(graph.link(node, "conditioning_from"), depth + 1);
    understood.add(node);
    if (one.isBlank() || other.isBlank()) {
      return one.isBlank() ? other : one;
    }
    return new Found(
        one.parts().stream()
            .map(part -> new Part(part.text() + "\nBREAK " + other.text(), part.weight()))
            .toList(),
        one.encoder());
  }

  /**
   * Returns the text that a node encodes. SDXL nodes have one per encoder, which are usually equal.
   */
  private Optional<Found> encoded(Node node) {
    JsonNode text = graph.value(node, "text");
    JsonNode large = graph.value(node, "text_g");
    if (!text.isTextual() && !large.isTextual()) {
      return Optional.empty();
    }
    understood.add(node);
    String words = text.isTextual() ? text.textValue() : large.textValue();
    return Optional.of(
        new Found(List.of(new Part(ComfyText.toA1111(words), 1)), Optional.of(node)));
  }
}
