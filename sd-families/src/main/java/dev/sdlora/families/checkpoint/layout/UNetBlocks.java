package dev.sdlora.families.checkpoint.layout;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.network.Transformers;
import dev.sdlora.tensors.file.TensorFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The blocks of a U-Net, counted by the tensor names in a file.
 *
 * @param levels the number of levels
 * @param layers residual blocks in each encoder level; decoder levels have one more
 * @param transformers the number of transformer blocks at each position; a ControlNet has no
 *     decoder
 */
public record UNetBlocks(int levels, int layers, Transformers transformers) {
  private static final int MAX_BLOCKS = NetworkShapes.MAX_LEVELS * (NetworkShapes.MAX_LAYERS + 1);

  /** Counts the blocks in diffusers' names. */
  public static UNetBlocks ofDiffusers(FileTensors tensors) {
    int levels =
        tensors.count(Pattern.compile("down_blocks\\.(\\d+)\\."), NetworkShapes.MAX_LEVELS);
    int layers =
        tensors.count(
            Pattern.compile("down_blocks\\.0\\.resnets\\.(\\d+)\\."), NetworkShapes.MAX_LAYERS);
    CountedTransformers counted = new CountedTransformers(tensors);
    int middle = counted.in("mid_block.attentions.0");
    boolean hasMiddle = begins(tensors.weights().names(), "mid_block.");
    return new UNetBlocks(
        levels,
        layers,
        new Transformers(
            perBlock(
                levels,
                layers,
                level -> block -> "down_blocks." + level + ".attentions." + block,
                counted),
            hasMiddle ? OptionalInt.of(middle) : OptionalInt.empty(),
            perBlock(
                levels,
                layers + 1,
                level -> block -> "up_blocks." + level + ".attentions." + block,
                counted)));
  }

  /**
   * Counts the blocks in the names of the CompVis code, which numbers them consecutively.
   *
   * @param prefix the prefix of the network's tensors
   * @throws CheckpointException if the numbers have gaps or the levels differ in length
   */
  public static UNetBlocks ofLdm(TensorFile file, String prefix) {
    FileTensors tensors = new FileTensors(file, "U-Net", name -> name);
    int blocks =
        tensors.count(
            Pattern.compile(Pattern.quote(prefix) + "input_blocks\\.(\\d+)\\."), MAX_BLOCKS);
    TreeSet<Integer> downsamplers = downsamplers(file, prefix);
    int layers = downsamplers.first() - 1;
    int levels = downsamplers.size() + 1;
    boolean fits =
        layers >= 1
            && layers <= NetworkShapes.MAX_LAYERS
            && levels <= NetworkShapes.MAX_LEVELS
            && blocks == levels * (layers + 1)
            && downsamplers.stream().allMatch(block -> block % (layers + 1) == 0);
    if (!fits) {
      throw new CheckpointException(
          "'%s': the U-Net has %s input blocks with downsamplers in %s, expected a downsampler after"
                  .formatted(file.path(), blocks, downsamplers)
              + " every level and the same number of blocks in each level",
          ErrorDetails.in(file.path()));
    }
    CountedTransformers counted = new CountedTransformers(tensors);
    int middle = counted.in(prefix + "middle_block.1");
    boolean hasMiddle = begins(file.tensors().keySet(), prefix + "middle_block.");
    int perLevel = layers + 1;
    return new UNetBlocks(
        levels,
        layers,
        new Transformers(
            // Input block 0 is the first convolution, and each level ends with a downsampler.
            perBlock(
                levels,
                layers,
                level -> block -> prefix + "input_blocks." + (1 + level * perLevel + block) + ".1",
                counted),
            hasMiddle ? OptionalInt.of(middle) : OptionalInt.empty(),
            perBlock(
                levels,
                perLevel,
                level -> block -> prefix + "output_blocks." + (level * perLevel + block) + ".1",
                counted)));
  }

  private static boolean begins(Set<String> names, String prefix) {
    return names.stream().anyMatch(name -> name.startsWith(prefix));
  }

  private static TreeSet<Integer> downsamplers(TensorFile file, String prefix) {
    Pattern downsampler =
        Pattern.compile(Pattern.quote(prefix) + "input_blocks\\.(\\d+)\\.0\\.op\\.");
    TreeSet<Integer> downsamplers = new TreeSet<>();
    for (String name : file.tensors().keySet()) {
      Matcher matcher = downsampler.matcher(name);
      if (matcher.lookingAt()) {
        downsamplers.add(Integer.parseInt(matcher.group(1)));
      }
    }
    if (downsamplers.isEmpty()) {
      throw new CheckpointException(
          "'%s': the U-Net has no downsampler, expected tensors named %sinput_blocks.3.0.op"
              .formatted(file.path(), prefix),
          ErrorDetails.in(file.path()));
    }
    return downsamplers;
  }

  private static List<List<Integer>> perBlock(
      int levels, int layers, IntFunction<IntFunction<String>> names, CountedTransformers counted) {
    List<List<Integer>> counts = new ArrayList<>();
    for (int level = 0; level < levels; level++) {
      List<Integer> here = new ArrayList<>();
      for (int block = 0; block < layers; block++) {
        here.add(counted.in(names.apply(level).apply(block)));
      }
      counts.add(here);
    }
    return counts;
  }

  /** Counts transformers, looking at each name only once. */
  private static final class CountedTransformers {
    private static final String MARK = ".transformer_blocks.";

    private final FileTensors tensors;
    private final Map<String, List<String>> namesByBlock = new HashMap<>();

    CountedTransformers(FileTensors tensors) {
      this.tensors = tensors;
      for (String name : tensors.weights().names()) {
        int mark = name.indexOf(MARK);
        if (mark >= 0) {
          namesByBlock
              .computeIfAbsent(name.substring(0, mark), block -> new ArrayList<>())
              .add(name);
        }
      }
    }

    int in(String block) {
      return tensors.count(
          namesByBlock.getOrDefault(block, List.of()),
          Pattern.compile(Pattern.quote(block + MARK) + "(\\d+)\\."),
          NetworkShapes.MAX_TRANSFORMERS);
    }
  }
}
