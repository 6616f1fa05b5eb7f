package dev.sdlora.pipeline.canvas;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.pipeline.raster.AreaAverage;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.tensors.torch.Torch;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The regions of a request's LoRAs, as tensors that the U-Net's program reads together with its
 * weights. For each level {@code lora_masks.n}, where n is the number of its positions, has the
 * shape [n, regions + 1]; its first column is 1 everywhere. {@code lora_masks.queries} lists the
 * LoRAs that apply to the text read by queries in a region.
 */
public final class RegionTensors {
  private static final String PREFIX = "lora_masks.";

  private RegionTensors() {}

  /**
   * Creates the tensors of a pass.
   *
   * @param masks the masks of the regions, in order
   * @param frame the placement of the masks over the latents of the pass
   * @param levels the number of levels of the U-Net
   * @param owner owns the tensors
   */
  public static Map<String, NDArray> of(
      List<RegionMask> masks, RegionFrame frame, int levels, NDManager owner) {
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    List<Raster> regions = masks.stream().map(frame::of).toList();
    int height = regions.get(0).height() / 8;
    int width = regions.get(0).width() / 8;
    for (int level = 0; level < levels; level++) {
      tensors.put(PREFIX + height * width, atLevel(regions, height, width, owner));
      height = (height + 1) / 2;
      width = (width + 1) / 2;
    }
    int all = regions.size() + 1;
    float[] queries = new float[all * all];
    for (int region = 0; region < all; region++) {
      queries[region * all] = 1;
      queries[region * all + region] = 1;
    }
    tensors.put(PREFIX + "queries", Torch.floats(owner, queries, all, all));
    return tensors;
  }

  private static NDArray atLevel(List<Raster> regions, int height, int width, NDManager owner) {
    int positions = height * width;
    int all = regions.size() + 1;
    float[] inside = new float[positions * all];
    Arrays.fill(inside, 1);
    for (int region = 0; region < regions.size(); region++) {
      float[] shares = AreaAverage.shares(regions.get(region), width, height);
      for (int position = 0; position < positions; position++) {
        inside[position * all + region + 1] = shares[position];
      }
    }
    return Torch.floats(owner, inside, positions, all);
  }
}
