package dev.sdlora.batch;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One picture that a manifest asks for. Its settings are complete: they make the same picture
 * whenever and wherever they are drawn with the same files.
 *
 * @param id names the picture; the one that the manifest gives, or else the hash
 * @param hash 20 hexadecimal digits of the SHA-256 of the settings
 * @param line of the manifest, counted from 1
 * @param checkpoint as the manifest names it; empty if there is neither a name nor a default
 * @param loras what the request is drawn with beside the checkpoint, for the order of work: LoRAs
 *     with their strengths, as the settings and the prompts name them, in order of the alphabet
 * @param settings JSON in one line, under the names of A1111's API
 * @param error why there is no such request; empty if there is one
 */
public record BatchRequest(
    String id,
    String hash,
    int line,
    Optional<String> checkpoint,
    List<String> loras,
    String settings,
    Optional<String> error) {
  /**
   * Copies the list.
   *
   * @param id names the picture
   * @param hash of the settings
   * @param line of the manifest
   * @param checkpoint as it is named
   * @param loras for the order of work
   * @param settings JSON in one line
   * @param error why there is no such request
   */
  public BatchRequest {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(hash, "hash");
    Objects.requireNonNull(checkpoint, "checkpoint");
    Objects.requireNonNull(settings, "settings");
    Objects.requireNonNull(error, "error");
    loras = List.copyOf(loras);
  }

  /** {@return the name of the picture's file in the folder of the batch} */
  public String file() {
    return id + ".png";
  }

  /** Whether the name of the file says which settings it has. */
  boolean namesItself() {
    return id.equals(hash);
  }
}
