package dev.sdlora.api.make.spi;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.make.CheckpointMerging;
import dev.sdlora.api.make.ConvertedWeights;
import dev.sdlora.api.make.CreatedCheckpoint;
import dev.sdlora.api.make.CreatedLora;
import dev.sdlora.api.make.FileFormat;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.api.make.LoraConversion;
import dev.sdlora.api.make.LoraExtraction;
import dev.sdlora.api.make.LoraMerging;
import dev.sdlora.api.make.LoraResizing;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.make.WeightConversion;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.api.value.Checks;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The service interface behind {@code api.make}, found by {@link java.util.ServiceLoader} and
 * implemented by sd-pipeline. Callers of the library do not need it. The contracts are those of the
 * {@code write} methods of the classes that call it.
 */
public interface MakingBackend {

  /**
   * Implements {@link LoraExtraction#write}.
   *
   * @param task the settings
   * @param file the target
   * @param listener called after each layer
   * @return a description of the written file
   */
  CreatedLora extract(Extract task, Path file, MakingListener listener);

  /**
   * Implements {@link LoraMerging#write}.
   *
   * @param task the settings
   * @param file the target
   * @param listener called after each layer
   * @return a description of the written file
   */
  CreatedLora merge(Merge task, Path file, MakingListener listener);

  /**
   * Implements {@link LoraResizing#write}.
   *
   * @param task the settings
   * @param file the target
   * @param listener called after each layer
   * @return a description of the written file
   */
  CreatedLora resize(Resize task, Path file, MakingListener listener);

  /**
   * Implements {@link LoraConversion#write}.
   *
   * @param task the settings
   * @param file the target
   * @param listener called after each layer
   * @return a description of the written file
   */
  CreatedLora convert(Convert task, Path file, MakingListener listener);

  /**
   * Implements {@link LoraBaking#write}.
   *
   * @param task the settings
   * @param file the target
   * @param listener called after each tensor
   * @return a description of the written file
   */
  CreatedCheckpoint bake(Bake task, Path file, MakingListener listener);

  /**
   * Implements {@link CheckpointMerging#write}.
   *
   * @param task the settings
   * @param file the target
   * @param listener called after each tensor
   * @return a description of the written file
   */
  CreatedCheckpoint mergeCheckpoints(MergeCheckpoints task, Path file, MakingListener listener);

  /**
   * Implements {@link WeightConversion#write}.
   *
   * @param task the settings
   * @param file the target
   * @param listener called after each tensor
   * @return a description of the written file
   */
  ConvertedWeights convertWeights(ConvertWeights task, Path file, MakingListener listener);

  /**
   * Limits on the ranks of layers.
   *
   * @param largest the largest rank, at least 1
   * @param energy the share of the change to keep, above 0 and at most 1; at 1 only the largest
   *     rank limits
   */
  record Ranks(int largest, double energy) {
    /**
     * Checks the numbers.
     *
     * @param largest the largest rank, at least 1
     * @param energy the share of the change to keep, above 0 and at most 1
     * @throws IllegalArgumentException if one is out of range
     */
    public Ranks {
      Checks.atLeast(1, largest, "rank");
      Checks.require(energy > 0 && energy <= 1, "energy", "be above 0 and at most 1", energy);
    }

    /**
     * Returns ranks without a limit on the energy.
     *
     * @param rank the largest rank, at least 1
     * @return the ranks
     */
    public static Ranks all(int rank) {
      return new Ranks(rank, 1);
    }
  }

  /**
   * The settings of {@link LoraExtraction}.
   *
   * @param original the checkpoint to use the LoRA with
   * @param tuned the checkpoint that it should reproduce
   * @param ranks the ranks of its layers
   * @param convolutions whether layers outside the transformers are included
   * @param textEncoder whether the text encoder is included
   * @param exact whether all singular values are computed
   * @param format the dtype of the file
   * @param name the name stored in the file
   */
  record Extract(
      Path original,
      Path tuned,
      Ranks ranks,
      boolean convolutions,
      boolean textEncoder,
      boolean exact,
      NumberFormat format,
      Optional<String> name) {}

  /**
   * The settings of {@link LoraMerging}.
   *
   * @param loras the LoRAs, with their strengths
   * @param ranks the ranks of the layers; empty for the sum of the existing ranks
   * @param format the dtype of the file; empty for the smallest that holds all
   * @param name the name stored in the file
   */
  record Merge(
      List<LoraAdapter> loras,
      Optional<Ranks> ranks,
      Optional<NumberFormat> format,
      Optional<String> name) {
    /**
     * Copies the list.
     *
     * @param loras the LoRAs, with their strengths; copied
     * @param ranks the ranks of the layers; empty for the sum of the existing ranks
     * @param format the dtype of the file; empty for the smallest that holds all
     * @param name the name stored in the file; empty for the file name
     */
    public Merge {
      loras = List.copyOf(loras);
    }
  }

  /**
   * The settings of {@link LoraResizing}.
   *
   * @param lora the input file
   * @param ranks the ranks of the layers
   * @param format the dtype of the new file; empty for that of the input file
   */
  record Resize(Path lora, Ranks ranks, Optional<NumberFormat> format) {}

  /**
   * The settings of {@link LoraConversion}.
   *
   * @param lora the input file
   * @param names the naming scheme to write
   * @param checkpoint the checkpoint with the layers to name; empty for the published models
   * @param scaleInFactors whether a factor is multiplied by alpha / rank
   */
  record Convert(Path lora, KeyNames names, Optional<Path> checkpoint, boolean scaleInFactors) {}

  /**
   * The settings of {@link CheckpointMerging}.
   *
   * @param a the first checkpoint
   * @param b the checkpoint to mix in
   * @param c the checkpoint to subtract from b, for a difference
   * @param multiplier the share of b or of the difference
   * @param blocks the multiplier of each block, instead of one for all
   * @param format the dtype of the file; empty for the dtypes of the first checkpoint
   */
  record MergeCheckpoints(
      Path a,
      Path b,
      Optional<Path> c,
      double multiplier,
      Optional<BlockWeights> blocks,
      Optional<NumberFormat> format) {}

  /**
   * The settings of {@link WeightConversion}.
   *
   * @param input a file, an index of shards, or a diffusers folder
   * @param format the format of the large weights
   */
  record ConvertWeights(Path input, FileFormat format) {}

  /**
   * The settings of {@link LoraBaking}.
   *
   * @param checkpoint a file or a diffusers folder
   * @param loras the LoRAs, with their strengths
   * @param parts the files of other networks
   * @param format the format of the large weights; empty for the dtypes of the checkpoint
   */
  record Bake(
      Path checkpoint,
      List<LoraAdapter> loras,
      CheckpointParts parts,
      Optional<FileFormat> format) {
    /**
     * Copies the list.
     *
     * @param checkpoint a file or a diffusers folder
     * @param loras the LoRAs, with their strengths; copied
     * @param parts the files of other networks
     * @param format the format of the large weights; empty for the dtypes of the checkpoint
     */
    public Bake {
      loras = List.copyOf(loras);
    }
  }
}
