package dev.sdlora.batch;

import dev.sdlora.api.value.FileReason;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One image requested by a manifest. Its settings are complete: with the same files they create the
 * same image at any time and place.
 *
 * @param id the name of the image, from the manifest, or else the hash
 * @param hash 20 hexadecimal digits of the SHA-256 of the settings
 * @param line the line of the manifest, counted from 1
 * @param checkpoint the checkpoint as named in the manifest; empty if there is neither a name nor a
 *     default
 * @param loras the LoRAs with their strengths, as named in the settings and prompts, sorted
 *     alphabetically; used for the order of work
 * @param settings JSON on one line, with the names of A1111's API
 * @param error the reason why the request is invalid; empty if it is valid
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
   * @param id the name of the image
   * @param hash the hash of the settings
   * @param line the line of the manifest
   * @param checkpoint the checkpoint as named in the manifest
   * @param loras the LoRAs, for the order of work
   * @param settings JSON on one line
   * @param error the reason why the request is invalid
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
   * Reads the request lines of a manifest, each merged with the defaults before it, so that they
   * can be stored in any order and read by {@link #readLine}. Lists of values are not expanded, and
   * invalid lines are returned unchanged.
   *
   * @param manifest JSON Lines in UTF-8; read to its end and not closed
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
   * Reads one line of a manifest, for request lists that are not stored in a file.
   *
   * @param line a JSON object; a {@code defaults} line is refused
   * @param checkpoint the checkpoint of requests that name none; its name becomes part of the id
   * @return one request for each image, with the same ids as in a manifest; one request with an
   *     error if the line is invalid
   * @throws BatchException if the requests have more characters than fit into a quarter of the heap
   */
  public static List<BatchRequest> readLine(String line, Optional<String> checkpoint) {
    Objects.requireNonNull(line, "line");
    Objects.requireNonNull(checkpoint, "checkpoint");
    return Manifest.readLine(line, checkpoint, Manifest.Limits.USUAL);
  }

  /**
   * {@return whether the id is derived from the settings} If so, an existing image of that name is
   * this one; an id from the manifest may have had other settings before.
   */
  public boolean namesItself() {
    return id.equals(hash);
  }

  /** {@return the file name of the image in the folder of the batch} */
  public String file() {
    return id + ".png";
  }
}
