package dev.sdlora.families.checkpoint.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.tensors.io.SettingsJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads settings files of a folder in diffusers' layout, which may be missing. */
public final class ModelSettings {
  /** Upper bound, more than any network has. */
  private static final int MAX_BLOCKS = 200;

  private ModelSettings() {}

  /**
   * Reads a file; returns a missing node if there is none.
   *
   * @throws CheckpointException if it is not JSON
   */
  static JsonNode read(Path file) {
    if (!Files.exists(file)) {
      return MissingNode.getInstance();
    }
    try {
      return SettingsJson.read(file);
    } catch (IOException e) {
      throw new CheckpointException(
          "'%s' cannot be read: %s".formatted(file, SettingsJson.reason(e)),
          ErrorDetails.in(file),
          e);
    }
  }

  /**
   * Returns a number of blocks; 0 if the setting is missing.
   *
   * @throws CheckpointException if it is not a whole number from 1 to 200
   */
  public static int blocks(JsonNode settings, String key, Path network) {
    JsonNode number = settings.path(key);
    if (number.isMissingNode() || number.isNull()) {
      return 0;
    }
    if (!number.canConvertToExactIntegral()
        || !number.canConvertToInt()
        || number.asInt() < 1
        || number.asInt() > MAX_BLOCKS) {
      throw new CheckpointException(
          "the config.json of '%s' has %s %s, expected an integer from 1 to %s"
              .formatted(network, key, number, MAX_BLOCKS),
          ErrorDetails.in(network));
    }
    return number.asInt();
  }
}
