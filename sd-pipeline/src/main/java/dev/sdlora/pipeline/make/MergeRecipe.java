package dev.sdlora.pipeline.make;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.make.spi.MakingBackend.MergeCheckpoints;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.lora.make.AdapterMetadata;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.folder.HashIndex;
import dev.sdlora.tensors.io.SettingsJson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The recipe of a merged checkpoint, in metadata with the names that A1111's merger uses: {@code
 * sd_merge_recipe} has the hashes of its sources, {@code sd_merge_models} describes each source,
 * including the recipes of earlier merges.
 */
final class MergeRecipe {
  private static final String RECIPE = "sd_merge_recipe";
  private static final String MODELS = "sd_merge_models";
  private static final List<String> PLACES =
      List.of("primary_model_hash", "secondary_model_hash", "tertiary_model_hash");

  private static final long INPAINTING_CHANNELS = 9;
  private static final long EDITING_CHANNELS = 8;

  private final MergeCheckpoints task;
  private final List<Path> sources;
  private final Map<String, String> metadata;
  private final long channels;

  /**
   * Creates a recipe.
   *
   * @param sources the checkpoints in their order
   * @param metadata the metadata of the first one
   * @param channels the channels that its U-Net reads
   */
  MergeRecipe(
      MergeCheckpoints task, List<Path> sources, Map<String, String> metadata, long channels) {
    this.task = task;
    this.sources = sources;
    this.metadata = metadata;
    this.channels = channels;
  }

  /** Adds the recipe and the other metadata of the first checkpoint to a file. */
  void write(SafetensorsWriter writer) {
    ObjectNode recipe = JsonNodeFactory.instance.objectNode();
    ObjectNode models = JsonNodeFactory.instance.objectNode();
    recipe.put("type", "sd-lora");
    for (int i = 0; i < PLACES.size(); i++) {
      recipe.putNull(PLACES.get(i));
      if (i < sources.size() && isTensorFile(sources.get(i))) {
        String hash = HashIndex.ofProcess().sha256(sources.get(i));
        recipe.put(PLACES.get(i), hash);
        describe(sources.get(i), hash, models);
      } else if (i < sources.size()) {
        // A folder or an index of shards has no hash, and without one it cannot be listed among the
        // models.
        String name = String.valueOf(sources.get(i).toAbsolutePath().normalize().getFileName());
        recipe.put(PLACES.get(i).replace("_hash", "_name"), name);
      }
    }
    recipe.put("interp_method", task.c().isPresent() ? "Add difference" : "Weighted sum");
    recipe.put("multiplier", task.multiplier());
    task.blocks().ifPresent(values -> recipe.put("block_weights", values.toString()));
    recipe.put("save_as_half", task.format().equals(Optional.of(NumberFormat.FLOAT16)));
    task.format().ifPresent(format -> recipe.put("format", format.label()));
    recipe.put("is_inpainting", channels == INPAINTING_CHANNELS);
    recipe.put("is_instruct_pix2pix", channels == EDITING_CHANNELS);
    AdapterMetadata.from(metadata)
        .put("format", "pt")
        .put(RECIPE, recipe.toString())
        .put(MODELS, models.toString())
        .pairs()
        .forEach(writer::metadata);
  }

  private static boolean isTensorFile(Path source) {
    return Files.isRegularFile(source) && !source.toString().endsWith(".json");
  }

  private static void describe(Path source, String hash, ObjectNode models) {
    Map<String, String> own = TensorFile.open(source).metadata();
    ObjectNode model = models.putObject(hash);
    model.put("name", String.valueOf(source.getFileName()));
    model.put("legacy_hash", FileHashes.legacy(source));
    model.set(RECIPE, parsed(own.getOrDefault(RECIPE, "null")));
    parsed(own.getOrDefault(MODELS, "{}"))
        .properties()
        .forEach(earlier -> models.set(earlier.getKey(), earlier.getValue()));
  }

  /** Parses what a file says about earlier merges; JSON null if it is invalid. */
  private static JsonNode parsed(String json) {
    try {
      return SettingsJson.parse(json);
    } catch (JsonProcessingException e) {
      return JsonNodeFactory.instance.nullNode();
    }
  }
}
