package dev.sdlora.batch;

import dev.sdlora.api.value.FileReason;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One image that a manifest asks for. Its settings are complete: they make the same image whenever
 * and wherever they are drawn with the same files.
 *
 * @param id names the image; the one that the manifest gives, or else the hash
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
   * @param id names the image
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

  /**
   * Reads the lines of a manifest that are requests, each with the defaults that stand before it,
   * so that they can be kept in any order and read by {@link #readLine}. Lists of values stay
   * lists, and a line that makes no sense stays as it is.
   *
   * @param manifest JSON Lines in UTF-8; it is read to its end and not closed
   * @return lines of JSON, in the order of the manifest
   * @throws BatchException if the stream fails, or has more than a million lines
   */
  public static List<String> lines(InputStream manifest) {
    Objects.requireNonNull(manifest, "manifest");
    try {
      return Manifest.lines(new BufferedInputStream(manifest), Manifest.Limits.USUAL);
    } catch (IOException e) {
      throw new BatchException("cannot read the manifest: " + FileReason.of(e), e);
    }
  }

  /**
   * Reads one line of a manifest, for lists of requests that are kept elsewhere than in a file.
   *
   * @param line an object of JSON; {@code defaults} for other lines are refused
   * @param checkpoint that of a request that names none; its name becomes part of the id
   * @return one request for each image, with the ids that they have in a manifest; if the line
   *     makes no sense, one with an error
   * @throws BatchException if the requests have more characters than fit into a quarter of the heap
   */
  public static List<BatchRequest> readLine(String line, Optional<String> checkpoint) {
    Objects.requireNonNull(line, "line");
    Objects.requireNonNull(checkpoint, "checkpoint");
    return Manifest.readLine(line, checkpoint, Manifest.Limits.USUAL);
  }

  /**
   * {@return whether the id is made of the settings} If it is, an image of that name is this one,
   * whenever it was drawn; one that the manifest gives may have stood for other settings before.
   */
  public boolean namesItself() {
    return id.equals(hash);
  }

  /** {@return the name of the image's file in the folder of the batch} */
  public String file() {
    return id + ".png";
  }
}
