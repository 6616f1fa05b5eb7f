package dev.sdlora.spark;

import static org.apache.spark.sql.functions.col;

import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.batch.BatchException;
import dev.sdlora.batch.BatchRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Generates batches on the executors of Apache Spark, with the same requests, ids and images as
 * {@link dev.sdlora.batch.BatchRunner}, but with rows instead of lines.
 *
 * <p>Each executor has one pipeline, which its tasks use in turn; it stays loaded between tasks and
 * is closed with the executor. Its memory is native and needs room in addition to the heap, set by
 * {@code spark.executor.memoryOverhead}. If Spark assigns GPUs to a task, the first address is the
 * device.
 *
 * <p>An image is written to a temporary file, which is then renamed to the image's id; existing
 * images are not generated again. Retried tasks, lost executors and restarted batches therefore
 * repeat only the images that were in progress.
 *
 * <p>Immutable and thread-safe.
 */
public final class SdLoraSpark {
  /** Partitions per core of the cluster, so that fast partitions balance slow ones. */
  private static final int PARTITIONS_PER_CORE = 4;

  private final String output;
  private final DrawingSettings settings;
  private final OptionalInt partitions;

  private SdLoraSpark(Builder builder) {
    this.output = builder.output;
    this.partitions = builder.partitions;
    this.settings =
        new DrawingSettings(
            List.copyOf(builder.checkpoint),
            List.copyOf(builder.checkpointDirectories),
            List.copyOf(builder.loraDirectories),
            List.copyOf(builder.embeddingDirectories),
            List.copyOf(builder.hypernetworkDirectories),
            List.copyOf(builder.upscalerDirectories),
            List.copyOf(builder.controlNetDirectories),
            List.copyOf(builder.detectorDirectories),
            List.copyOf(builder.preprocessorDirectories),
            builder.precision);
  }

  /**
   * {@return a builder}
   *
   * @param output the folder of images, in any Hadoop file system, such as {@code
   *     hdfs://host/images}; created when needed. A local folder must be shared by all executors
   */
  public static Builder builder(String output) {
    return new Builder(Objects.requireNonNull(output, "output"));
  }

  /**
   * Reads a manifest as rows for {@link #generate}, each with the defaults of the preceding lines.
   *
   * @param spark the session
   * @param manifest a JSON Lines file in any Hadoop file system, read by the driver
   * @return rows of one column, {@code value}, in the order of the manifest
   * @throws BatchException if the file cannot be read or has more than a million lines
   */
  public static Dataset<Row> readManifest(SparkSession spark, String manifest) {
    Objects.requireNonNull(spark, "spark");
    Path file = new Path(Objects.requireNonNull(manifest, "manifest"));
    try (InputStream in =
        file.getFileSystem(spark.sparkContext().hadoopConfiguration()).open(file)) {
      return spark.createDataset(BatchRequest.lines(in), Encoders.STRING()).toDF("value");
    } catch (IOException e) {
      throw new BatchException(
          "cannot read the manifest '%s': %s".formatted(manifest, e.getMessage()), e);
    }
  }

  /**
   * Generates the images of requests. Like all Spark transformations, it is lazy and runs again
   * whenever the rows are evaluated again, although existing images are not generated again. Write
   * the rows to a table, or cache them.
   *
   * <p>Requests are sorted by checkpoint and LoRAs and split into partitions, so that executors
   * rarely switch. Equal requests are generated once. Of different requests with the same id, only
   * the first row's is generated.
   *
   * @param requests either one text column, {@code value}, with manifest lines as returned by
   *     {@link #readManifest} and {@code spark.read().text}; or a column for each setting, named by
   *     its manifest key, with arrays for lists of values, structs for objects, and null for
   *     settings that are not set
   * @return a row for each image, in the order of the work: {@code id}, {@code uri}, {@code seed},
   *     {@code parameters} (the text in the image), {@code seconds} and {@code warnings} (null for
   *     an existing image), {@code error} (a message instead of an image, otherwise null). If the
   *     folder is not writable, the job fails instead
   */
  public Dataset<Row> generate(Dataset<Row> requests) {
    Objects.requireNonNull(requests, "requests");
    SparkSession spark = requests.sparkSession();
    Column[] order = {col("checkpoint"), col("loras"), col("position"), col("id")};
    return RequestRows.lines(requests)
        .mapPartitions(new ReadRequests(settings), Encoders.row(RequestRows.REQUESTS))
        .groupByKey(OncePerId.key(), Encoders.STRING())
        .flatMapGroups(new OncePerId(), Encoders.row(RequestRows.REQUESTS))
        .repartitionByRange(partitions(spark), order)
        .sortWithinPartitions(order)
        .mapPartitions(
            new DrawRequests(
                settings,
                output,
                new SerializableConfiguration(spark.sparkContext().hadoopConfiguration())),
            Encoders.row(ResultRows.RESULTS));
  }

  private int partitions(SparkSession spark) {
    return partitions.orElseGet(
        () -> PARTITIONS_PER_CORE * Math.max(1, spark.sparkContext().defaultParallelism()));
  }

  /** Collects the settings of executors. Not thread-safe. */
  public static final class Builder {
    private final String output;
    private final List<String> checkpoint = new ArrayList<>();
    private final List<String> checkpointDirectories = new ArrayList<>();
    private final List<String> loraDirectories = new ArrayList<>();
    private final List<String> embeddingDirectories = new ArrayList<>();
    private final List<String> hypernetworkDirectories = new ArrayList<>();
    private final List<String> upscalerDirectories = new ArrayList<>();
    private final List<String> controlNetDirectories = new ArrayList<>();
    private final List<String> detectorDirectories = new ArrayList<>();
    private final List<String> preprocessorDirectories = new ArrayList<>();
    private Precision precision = Precision.AUTO;
    private OptionalInt partitions = OptionalInt.empty();

    private Builder(String output) {
      this.output = output;
    }

    /**
     * Sets the checkpoint of requests that name none.
     *
     * @param pathOrReference a path on each executor's host, or a reference such as {@code
     *     hf:owner/repo}, which each host downloads once, into a cache shared by its executors.
     *     Default: none, so that such requests fail
     * @return this builder
     */
    public Builder checkpoint(String pathOrReference) {
      checkpoint.clear();
      checkpoint.add(Objects.requireNonNull(pathOrReference, "pathOrReference"));
      return this;
    }

    /**
     * Adds a folder of checkpoints for requests.
     *
     * @param directory a folder on each executor's host, like all folders here; files that Spark
     *     distributes to the executors ({@code --archives}) have relative paths
     * @return this builder
     */
    public Builder checkpointDirectory(String directory) {
      return add(checkpointDirectories, directory);
    }

    /**
     * Adds a folder of LoRAs for requests and prompts.
     *
     * @param directory see {@link Pipeline.Builder#loraDirectory}
     * @return this builder
     */
    public Builder loraDirectory(String directory) {
      return add(loraDirectories, directory);
    }

    /**
     * Adds a folder of embeddings for prompts.
     *
     * @param directory see {@link Pipeline.Builder#embeddingDirectory}
     * @return this builder
     */
    public Builder embeddingDirectory(String directory) {
      return add(embeddingDirectories, directory);
    }

    /**
     * Adds a folder of hypernetworks for prompts.
     *
     * @param directory see {@link Pipeline.Builder#hypernetworkDirectory}
     * @return this builder
     */
    public Builder hypernetworkDirectory(String directory) {
      return add(hypernetworkDirectories, directory);
    }

    /**
     * Adds a folder of upscalers for requests.
     *
     * @param directory see {@link Pipeline.Builder#upscalerDirectory}
     * @return this builder
     */
    public Builder upscalerDirectory(String directory) {
      return add(upscalerDirectories, directory);
    }

    /**
     * Adds a folder of ControlNets and T2I-Adapters for requests.
     *
     * @param directory the folder; its subfolders are not searched
     * @return this builder
     */
    public Builder controlNetDirectory(String directory) {
      return add(controlNetDirectories, directory);
    }

    /**
     * Adds a folder of detectors for passes that repaint details. Executors need sd-onnx.
     *
     * @param directory see {@link Pipeline.Builder#detectorDirectory}
     * @return this builder
     */
    public Builder detectorDirectory(String directory) {
      return add(detectorDirectories, directory);
    }

    /**
     * Adds a folder of preprocessors that run a network. Executors need sd-onnx.
     *
     * @param directory see {@link Pipeline.Builder#preprocessorDirectory}
     * @return this builder
     */
    public Builder preprocessorDirectory(String directory) {
      return add(preprocessorDirectories, directory);
    }

    private Builder add(List<String> directories, String directory) {
      directories.add(Objects.requireNonNull(directory, "directory"));
      return this;
    }

    /**
     * Sets the dtype of the networks.
     *
     * @param precision the dtype. Default: {@link Precision#AUTO}; on hosts with different
     *     processors, {@link Precision#FLOAT32} makes the images the same
     * @return this builder
     */
    public Builder precision(Precision precision) {
      this.precision = Objects.requireNonNull(precision, "precision");
      return this;
    }

    /**
     * Sets the number of tasks.
     *
     * @param partitions at least 1. Default: four for each core that the cluster has when {@link
     *     #generate} is called; with dynamic allocation, the cluster may grow later
     * @return this builder
     */
    public Builder partitions(int partitions) {
      if (partitions < 1) {
        throw new IllegalArgumentException("partitions must be at least 1: " + partitions);
      }
      this.partitions = OptionalInt.of(partitions);
      return this;
    }

    /** {@return a batch generator with these settings} */
    public SdLoraSpark build() {
      return new SdLoraSpark(this);
    }
  }
}
