package dev.sdlora.families.denoise;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.conditioning.Conditioning;
import dev.sdlora.families.denoise.NoisePredictor.Batch;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.UNet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Caches the deep features of a U-Net between calls, so that most calls run only its outermost
 * blocks: deep features change little from one noise level to the next (Ma et al. 2024, "DeepCache:
 * Accelerating Diffusion Models for Free"). A call runs the whole U-Net at a fixed interval, and
 * whenever its rows or the additional networks differ from those of the last whole call.
 *
 * <p>The residuals of additional networks are cached with the features. For one U-Net, one pass,
 * and images that are generated together; used by one thread.
 */
public final class DeepCache {
  private final int interval;
  private final int branch;
  private final NDManager owner;
  private final Map<RowKey, Kept> kept = new HashMap<>();
  private NDManager keptIn;
  private List<?> keptOthers = List.of();
  private int keptAt;

  /**
   * Creates an empty cache.
   *
   * @param interval the number of calls from one whole call to the next; 1 disables the cache
   * @param branch the skip connection, from 0 (outermost), up to which the other calls run the
   *     network
   * @param owner the manager that owns the cached arrays
   */
  public DeepCache(int interval, int branch, NDManager owner) {
    this.interval = interval;
    this.branch = branch;
    this.owner = owner;
    this.keptIn = owner.newSubManager();
  }

  /** The inputs that identify a row of a batch. */
  private record RowKey(int image, Conditioning condition, boolean blind) {
    RowKey(NoisePredictor.Row row) {
      this(row.image(), row.condition(), row.blind());
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof RowKey key
          && image == key.image
          && blind == key.blind
          && Arrays.equals(condition.states(), key.condition.states())
          && Arrays.equals(condition.regionStates(), key.condition.regionStates())
          && Arrays.equals(condition.vector(), key.condition.vector());
    }

    @Override
    public int hashCode() {
      return 31 * image + Arrays.hashCode(condition.states());
    }
  }

  /** The cached features of a row, and the residuals for the blocks that still run. */
  private record Kept(NDArray features, List<NDArray> blocks, List<NDArray> levels) {}

  /**
   * Runs the U-Net.
   *
   * @param networks the additional networks; compared, with the image prompts, with those of the
   *     last whole call
   * @param residuals their residuals; only computed in whole calls
   * @param scope will own the result
   */
  public NDArray predict(
      UNet unet, Batch batch, List<?> networks, Supplier<Residuals> residuals, NDManager scope) {
    if (interval == 1) {
      return unet.predict(batch.input(residuals.get()), scope);
    }
    List<?> others = List.of(networks, batch.added().images().acting());
    List<RowKey> rows = batch.rows().stream().map(RowKey::new).toList();
    boolean isKept =
        batch.call() - keptAt < interval
            && others.equals(keptOthers)
            && kept.keySet().containsAll(rows);
    return isKept
        ? outside(
            unet,
            batch,
            rows.stream().map(row -> Objects.requireNonNull(kept.get(row))).toList(),
            scope)
        : whole(unet, batch, rows, others, residuals.get(), scope);
  }

  private NDArray outside(UNet unet, Batch batch, List<Kept> rows, NDManager scope) {
    Residuals outer =
        new Residuals(joined(rows, Kept::blocks, scope), joined(rows, Kept::levels, scope));
    return unet.predictOutside(
        batch.input(outer), branch, rows.stream().map(Kept::features).toList(), scope);
  }

  private NDArray whole(
      UNet unet,
      Batch batch,
      List<RowKey> rows,
      List<?> others,
      Residuals residuals,
      NDManager scope) {
    if (batch.call() != keptAt || !others.equals(keptOthers)) {
      forget();
      keptAt = batch.call();
      keptOthers = others;
    }
    UNet.Keeping result = unet.predictKeeping(batch.input(residuals), branch, scope);
    int outputs = unet.config().branches() + 1;
    List<NDArray> blocks =
        IntStream.range(0, residuals.blocks().size())
            .filter(block -> block % outputs <= branch)
            .mapToObj(residuals.blocks()::get)
            .toList();
    NDList features = apart(result.features(), rows.size());
    List<NDList> blocksApart = blocks.stream().map(each -> apart(each, rows.size())).toList();
    List<NDList> levelsApart =
        residuals.levels().stream().map(each -> apart(each, rows.size())).toList();
    for (int row = 0; row < rows.size(); row++) {
      kept.put(
          rows.get(row),
          new Kept(features.get(row), member(blocksApart, row), member(levelsApart, row)));
    }
    return result.predicted();
  }

  private static List<NDArray> member(List<NDList> tensors, int row) {
    return tensors.stream().map(each -> each.get(row)).toList();
  }

  /** Splits a tensor into rows that outlive the call's own memory. */
  private NDList apart(NDArray tensor, int rows) {
    NDList apart = tensor.split(rows, 0);
    apart.attach(keptIn);
    return apart;
  }

  private static List<NDArray> joined(
      List<Kept> rows, Function<Kept, List<NDArray>> part, NDManager scope) {
    List<NDArray> joined = new ArrayList<>();
    for (int i = 0; i < part.apply(rows.get(0)).size(); i++) {
      int index = i;
      NDList members = new NDList(rows.stream().map(row -> part.apply(row).get(index)).toList());
      NDArray all = NDArrays.concat(members, 0);
      all.attach(scope);
      joined.add(all);
    }
    return joined;
  }

  private void forget() {
    kept.clear();
    keptIn.close();
    keptIn = owner.newSubManager();
  }
}
