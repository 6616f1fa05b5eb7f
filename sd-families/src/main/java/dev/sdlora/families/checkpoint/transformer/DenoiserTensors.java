package dev.sdlora.families.checkpoint.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.transformer.StoredNetwork.Place;
import java.util.List;
import java.util.Map;

/** The tensors of a family's transformer in files of every layout. */
public interface DenoiserTensors {
  /**
   * Finds the transformer in a file or folder.
   *
   * @param sign the name of a tensor of the transformer, which tells the prefix of all
   */
  StoredNetwork in(NetworkWeights weights, String sign);

  /**
   * Returns the names and shapes of all weights, by diffusers' names.
   *
   * @param settings config.json of a folder; missing if there is none
   */
  Map<String, List<Long>> wanted(StoredNetwork network, JsonNode settings);

  /** Returns the places of a weight: first that of single files, last that of diffusers. */
  List<Place> places(String name);

  /** Returns the name of the matrix that reads the states of the prompt. */
  String contextReader();

  /** Returns the prefix of all names: the part of one name before the first of some modules. */
  static String prefix(String sign, String... modules) {
    int start =
        List.of(modules).stream()
            .mapToInt(sign::indexOf)
            .filter(index -> index >= 0)
            .findFirst()
            .orElse(0);
    return sign.substring(0, start);
  }
}
