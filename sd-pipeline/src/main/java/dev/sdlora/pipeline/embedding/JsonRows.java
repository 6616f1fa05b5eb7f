package dev.sdlora.pipeline.embedding;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.tensors.io.SettingsJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An embedding as A1111 writes it into images: the dictionary of its files as JSON, with tensors
 * written as <code>{"TORCHTENSOR": [[…], …]}</code>.
 */
final class JsonRows {
  private static final String TENSOR = "TORCHTENSOR";

  private final JsonNode root;
  private final Map<String, JsonNode> tensors = new LinkedHashMap<>();

  /**
   * Parses a text.
   *
   * @throws EmbeddingException if it is not JSON
   */
  JsonRows(String text) {
    try {
      root = SettingsJson.parse(text);
    } catch (JsonProcessingException e) {
      throw new EmbeddingException(
          "is damaged: the embedding in the image is not JSON: " + SettingsJson.reason(e), e);
    }
    collect("", root);
    root.properties().forEach(field -> collect(field.getKey() + ".", field.getValue()));
  }

  private void collect(String prefix, JsonNode object) {
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      if (field.getValue().path(TENSOR).isArray()) {
        tensors.put(prefix + field.getKey(), field.getValue().path(TENSOR));
      }
    }
  }

  /** Returns the embedding's name in the file. */
  Optional<String> name() {
    return Optional.of(root.path("name").asText()).filter(name -> !name.isBlank());
  }

  /**
   * Returns the vectors for each text encoder.
   *
   * @throws EmbeddingException if it holds something else
   */
  List<Rows> rows() {
    return Layout.tensors(tensors.keySet()).stream().map(this::rows).toList();
  }

  private Rows rows(String name) {
    JsonNode tensor = tensors.getOrDefault(name, root);
    boolean matrix = tensor.path(0).isArray();
    List<Long> sizes =
        matrix
            ? List.of((long) tensor.size(), (long) tensor.path(0).size())
            : List.of((long) tensor.size());
    long[] shape = Rows.shape(name, sizes);
    float[] values = new float[(int) (shape[0] * shape[1])];
    for (int i = 0; i < values.length; i++) {
      int column = (int) (i % shape[1]);
      JsonNode row = matrix ? tensor.path((int) (i / shape[1])) : tensor;
      if (row.size() != shape[1] || !row.path(column).isNumber()) {
        throw new EmbeddingException(
            "is damaged: tensor '" + name + "' in the image is not a matrix of numbers",
            ErrorDetails.NONE.withTensor(name));
      }
      values[i] = (float) row.path(column).doubleValue();
    }
    return new Rows((int) shape[0], (int) shape[1], values);
  }
}
