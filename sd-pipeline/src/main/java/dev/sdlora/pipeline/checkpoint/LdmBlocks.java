package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.CheckpointException;
import dev.sdlora.api.ErrorDetails;
import dev.sdlora.tensors.file.TensorFile;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The blocks of a U-Net's way down that the CompVis code numbers in one row.
 *
 * @param levels how many levels it has
 * @param layers residual blocks in each level
 * @param depth transformer blocks of each level
 * @param middle transformer blocks in the middle
 */
record LdmBlocks(int levels, int layers, List<Integer> depth, int middle) {
  private static final int MAX_BLOCKS = NetworkShapes.MAX_LEVELS * (NetworkShapes.MAX_LAYERS + 1);

  /**
   * Counts the blocks.
   *
   * @param prefix of the network's tensors
   * @throws CheckpointException if the numbers have gaps or the levels differ in length
   */
  static LdmBlocks of(TensorFile file, String prefix) {
    FileTensors tensors = new FileTensors(file, "U-Net", name -> name);
    int blocks =
        tensors.count(
            Pattern.compile(Pattern.quote(prefix) + "input_blocks\\.(\\d+)\\."), MAX_BLOCKS);
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
          "'%s': the U-Net has %s input blocks with downsamplers in %s, expected a downsampler behind"
                  .formatted(file.path(), blocks, downsamplers)
              + " every level and as many blocks in each level",
          ErrorDetails.in(file.path()));
    }
    List<Integer> depth = new ArrayList<>();
    for (int i = 0; i < levels; i++) {
      depth.add(transformers(tensors, prefix + "input_blocks." + (1 + i * (layers + 1)) + ".1"));
    }
    return new LdmBlocks(levels, layers, depth, transformers(tensors, prefix + "middle_block.1"));
  }

  private static int transformers(FileTensors tensors, String block) {
    return tensors.count(
        Pattern.compile(Pattern.quote(block) + "\\.transformer_blocks\\.(\\d+)\\."),
        NetworkShapes.MAX_TRANSFORMERS);
  }
}
