package dev.sdlora.server.models;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.DeviceInfo;
import dev.sdlora.api.Pipeline;
import dev.sdlora.request.context.Model;
import dev.sdlora.request.context.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The checkpoints in folders, in addition to that of a first pipeline, and their weights as far as
 * memory goes. Safe for use by several threads.
 */
public final class ServerModels implements Models, AutoCloseable {
  /** Time for which the folders are not searched again. */
  private static final long MOMENT_NANOS = 1_000_000_000;

  private final Pipeline first;
  private final CheckpointFolders folders;
  private final PipelinePool pool;
  private final LongSupplier nanos;

  // The fields below are guarded by this.
  private final PooledModel firstModel;
  private Map<String, PooledModel> models = new LinkedHashMap<>();
  private PooledModel current;
  private long searched;

  /** A checkpoint and its place in the pool. */
  private record PooledModel(
      String name, Checkpoint checkpoint, Slot slot, Pipeline pipeline, PipelinePool pool)
      implements Model {
    @Override
    public boolean isLoaded() {
      return pool.pipeline(slot).isPresent();
    }
  }

  /**
   * Creates the models and searches the folders.
   *
   * @param first the first pipeline; its weights are unloaded when others need the memory, and its
   *     checkpoint is the current one
   * @param opener loads another checkpoint, or this one again, with the same folders
   * @param most the bytes of all weights together; empty for as many as the machine has
   */
  public ServerModels(
      Pipeline first,
      List<Path> folders,
      Function<Checkpoint, Pipeline> opener,
      OptionalLong most) {
    this(
        first,
        folders,
        opener,
        most,
        () -> DeviceInfo.of("cpu").availableBytes(),
        System::nanoTime);
  }

  ServerModels(
      Pipeline first,
      List<Path> folders,
      Function<Checkpoint, Pipeline> opener,
      OptionalLong most,
      LongSupplier available,
      LongSupplier nanos) {
    this.first = first;
    this.folders = new CheckpointFolders(folders, CheckpointParts.DEFAULT);
    this.pool = new PipelinePool(opener, most, available);
    this.nanos = nanos;
    this.firstModel = model(first.checkpoint().name(), first.checkpoint());
    this.current = firstModel;
    pool.add(firstModel.slot(), first);
    search();
  }

  private PooledModel model(String name, Checkpoint checkpoint) {
    Slot slot = new Slot(checkpoint);
    return new PooledModel(name, checkpoint, slot, new PooledPipeline(pool, slot, first), pool);
  }

  @Override
  public void refresh() {
    search();
  }

  private synchronized void search() {
    Map<String, PooledModel> now = new LinkedHashMap<>();
    now.put(firstModel.name(), firstModel);
    folders
        .list()
        .forEach(
            (name, checkpoint) -> {
              if (!isSameFile(checkpoint, firstModel.checkpoint())) {
                add(name, checkpoint, now);
              }
            });
    models.values().stream()
        .filter(former -> !now.containsValue(former))
        .forEach(former -> pool.unloadIdle(former.slot()));
    models = now;
    if (!now.containsValue(current)) {
      current = now.getOrDefault(current.name(), firstModel);
    }
    searched = nanos.getAsLong();
  }

  private void add(String name, Checkpoint checkpoint, Map<String, PooledModel> now) {
    String unique = name;
    while (now.containsKey(unique)) {
      unique += "_"; // The first pipeline's file is outside the folders and has the same name.
    }
    PooledModel former = models.get(unique);
    boolean isSame = former != null && former.checkpoint().equals(checkpoint);
    now.put(unique, isSame ? former : model(unique, checkpoint));
  }

  private static boolean isSameFile(Checkpoint one, Checkpoint other) {
    try {
      return Files.isSameFile(one.path(), other.path());
    } catch (IOException e) {
      return false;
    }
  }

  private synchronized void searchIfOld() {
    if (nanos.getAsLong() - searched >= MOMENT_NANOS) {
      search();
    }
  }

  @Override
  public synchronized List<Model> list() {
    searchIfOld();
    List<Model> all = new ArrayList<>(models.values());
    all.remove(current);
    all.add(0, current);
    return all;
  }

  @Override
  public synchronized Model current() {
    return current;
  }

  @Override
  public synchronized void choose(Model model) {
    models.values().stream().filter(model::equals).findFirst().ifPresent(one -> current = one);
  }

  @Override
  public Optional<Model> find(String name) {
    return findKnown(name)
        .or(() -> Models.hash(name).flatMap(digits -> hashedAnew(digits, known())));
  }

  @Override
  public Optional<Model> findKnown(String name) {
    return named(name, known())
        .or(() -> named(name, list()))
        .or(() -> Models.hash(name).flatMap(digits -> hashed(digits, known())));
  }

  private synchronized List<Model> known() {
    return List.copyOf(models.values());
  }

  private static Optional<Model> named(String name, List<Model> models) {
    return models.stream()
        .filter(model -> model.name().equals(name))
        .findFirst()
        .or(() -> models.stream().filter(model -> Models.isNamed(name, model)).findFirst());
  }

  private static Optional<Model> hashed(String digits, List<Model> models) {
    return models.stream()
        .filter(model -> Models.hasKnownHash(model.checkpoint(), digits))
        .findFirst();
  }

  /** Reads the files whose hash is not known, until one matches. */
  private static Optional<Model> hashedAnew(String digits, List<Model> models) {
    return models.stream()
        .filter(model -> model.checkpoint().knownSha256().isEmpty())
        .filter(
            model -> model.checkpoint().sha256().stream().anyMatch(hash -> hash.startsWith(digits)))
        .findFirst();
  }

  @Override
  public void unload() {
    pool.loaded().forEach(pool::unloadIdle);
  }

  @Override
  public void load() {
    Slot slot;
    synchronized (this) {
      slot = current.slot();
    }
    pool.lease(slot, () -> false).close();
  }

  @Override
  public int liveTensors() {
    return pool.loaded().stream()
        .flatMap(slot -> pool.pipeline(slot).stream())
        .mapToInt(Pipeline::liveTensors)
        .sum();
  }

  /** Returns the names of the checkpoints whose weights are in memory. */
  public List<String> loaded() {
    return pool.loaded().stream().map(slot -> slot.checkpoint.name()).sorted().toList();
  }

  /** Returns how often weights were loaded. */
  public long loads() {
    return pool.loads();
  }

  /** Waits for the requests that use weights, and frees all of them. */
  @Override
  public void close() {
    pool.close();
  }
}
