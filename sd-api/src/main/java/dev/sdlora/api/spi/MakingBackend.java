package dev.sdlora.api.spi;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.lora.BlockWeights;
import dev.sdlora.api.make.CheckpointMerging;
import dev.sdlora.api.make.CreatedCheckpoint;
import dev.sdlora.api.make.CreatedLora;
import dev.sdlora.api.make.KeyNames;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.api.make.LoraConversion;
import dev.sdlora.api.make.LoraExtraction;
import dev.sdlora.api.make.LoraMerging;
import dev.sdlora.api.make.LoraResizing;
import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.api.value.Checks;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What does the work behind this package, found by {@link java.util.ServiceLoader} and implemented
 * by sd-pipeline. Callers of the library do not need it. The contracts are those of the methods
 * {@code write} of the classes that call it.
 */
public interface MakingBackend {

  /**
   * Behind {@link LoraExtraction#write}.
   *
   * @param task its settings
   * @param file what to write
   * @param listener is told of every layer
   * @return what was written
   */
  CreatedLora extract(Extract task, Path file, MakingListener listener);

  /**
   * Behind {@link LoraMerging#write}.
   *
   * @param task its settings
   * @param file what to write
   * @param listener is told of every layer
   * @return what was written
   */
  CreatedLora merge(Merge task, Path file, MakingListener listener);

  /**
   * Behind {@link LoraResizing#write}.
   *
   * @param task its settings
   * @param file what to write
   * @param listener is told of every layer
   * @return what was written
   */
  CreatedLora resize(Resize task, Path file, MakingListener listener);

  /**
   * Behind {@link LoraConversion#write}.
   *
   * @param task its settings
   * @param file what to write
   * @param listener is told of every layer
   * @return what was written
   */
  CreatedLora convert(Convert task, Path file, MakingListener listener);

  /**
   * Behind {@link LoraBaking#write}.
   *
   * @param task its settings
   * @param file what to write
   * @param listener is told of every changed weight
   * @return what was written
   */
  CreatedCheckpoint bake(Bake task, Path file, MakingListener listener);

  /**
   * Behind {@link CheckpointMerging#write}.
   *
   * @param task its settings
   * @param file what to write
   * @param listener is told of every tensor
   * @return what was written
   */
  CreatedCheckpoint mergeCheckpoints(MergeCheckpoints task, Path file, MakingListener listener);

  /**
   * How large the factors of a layer may be.
   *
   * @param largest the most that a rank is, at least 1
   * @param energy the share of the change to keep, above 0 and at most 1; at 1 the largest rank
   *     decides alone
   */
  record Ranks(int largest, double energy) {
    /**
     * Checks the numbers.
     *
     * @param largest at least 1
     * @param energy above 0 and at most 1
     * @throws IllegalArgumentException if one is out of its range
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
   * @param original the checkpoint to use the LoRA on
   * @param tuned the checkpoint that it brings about
   * @param ranks of its layers
   * @param convolutions whether layers outside transformers are taken
   * @param textEncoder whether those of the text encoder are
   * @param exact whether all singular values are computed
   * @param format of the numbers in the file
   * @param name inside the file
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
   * @param loras at their strengths
   * @param ranks of the layers; empty for the sum of those there are
   * @param format of the numbers in the file; empty for the smallest that holds all
   * @param name inside the file
   */
  record Merge(
      List<LoraAdapter> loras,
      Optional<Ranks> ranks,
      Optional<NumberFormat> format,
      Optional<String> name) {
    /**
     * Copies the list.
     *
     * @param loras at their strengths
     * @param ranks empty for the sum of those there are
     * @param format empty for the smallest that holds all
     * @param name empty for that of the file
     */
    public Merge {
      loras = List.copyOf(loras);
    }
  }

  /**
   * The settings of {@link LoraResizing}.
   *
   * @param lora the file
   * @param ranks of the layers
   * @param format of the numbers in the new file; empty for that of the old one
   */
  record Resize(Path lora, Ranks ranks, Optional<NumberFormat> format) {}

  /**
   * The settings of {@link LoraConversion}.
   *
   * @param lora the file
   * @param names the style to write
   * @param checkpoint whose layers can be named; empty for the published models
   * @param scaleInFactors whether alpha / rank is multiplied into a factor
   */
  record Convert(Path lora, KeyNames names, Optional<Path> checkpoint, boolean scaleInFactors) {}

  /**
   * The settings of {@link CheckpointMerging}.
   *
   * @param a what the sum begins with
   * @param b what is mixed in
   * @param c what is taken away from that, for a difference
   * @param multiplier of what is mixed in
   * @param blocks the multiplier of each block, in place of the one for all
   * @param format of the numbers in the file; empty for those of the first one
   */
  record MergeCheckpoints(
      Path a,
      Path b,
      Optional<Path> c,
      double multiplier,
      Optional<BlockWeights> blocks,
      Optional<NumberFormat> format) {}

  /**
   * The settings of {@link LoraBaking}.
   *
   * @param checkpoint a file or a diffusers folder
   * @param loras at their strengths
   */
  record Bake(Path checkpoint, List<LoraAdapter> loras) {
    /**
     * Copies the list.
     *
     * @param checkpoint a file or a diffusers folder
     * @param loras at their strengths
     */
    public Bake {
      loras = List.copyOf(loras);
    }
  }
}
