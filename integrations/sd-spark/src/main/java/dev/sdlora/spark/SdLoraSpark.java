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
 * Draws batches on the executors of Apache Spark: the requests, ids and images of {@link
 * dev.sdlora.batch.BatchRunner}, with rows in the place of lines.
 *
 * <p>Each executor has one pipeline, which its tasks use in turn; it stays loaded from task to task
 * and is closed with the executor. Its memory is native: it needs room beside the heap, by {@code
 * spark.executor.memoryOverhead}. Where Spark gives a task a GPU, its first address is the device.
 *
 * <p>An image is written under its id, to a temporary file that is renamed, and one that is there
 * is not drawn again. So tasks that are tried again, executors that are lost and batches that are
 * started again repeat at most the images that were being drawn.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class SdLoraSpark {
  /** Partitions for each core of the cluster, so that quick ones make up for slow ones. */
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
            builder.precision);
  }

  /**
   * {@return a builder}
   *
   * @param output the folder of images, of any of Hadoop's file systems, such as {@code
   *     hdfs://host/pictures}; it is made when it is needed. A folder of the local file system is
   *     one folder only where all executors see the same
   */
  public static Builder builder(String output) {
    return new Builder(Objects.requireNonNull(output, "output"));
  }

  /**
   * Reads a manifest as rows for {@link #generate}, each with the defaults that stand before it.
   *
   * @param spark the session
   * @param manifest a file of JSON Lines in one of Hadoop's file systems, read by the driver
   * @return rows of one column, {@code value}, in the order of the manifest
   * @throws BatchException if it cannot be read, or has more than a million lines
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
   * Draws requests. As with all of Spark, nothing happens until the rows are asked for, and each
   * time they are asked for it happens again, though images that are there are not drawn again:
   * write the rows to a table, or cache them.
   *
   * <p>Requests are sorted by checkpoint and LoRAs and cut into partitions, so that executors
   * switch rarely. Equal requests are one. Of different ones with the same id the first row's is
   * drawn.
   *
   * @param requests either one column of text, {@code value}, with lines of a manifest as {@link
   *     #readManifest} and {@code spark.read().text} give them; or a column for each setting, under
   *     the keys of a manifest, with arrays as lists of values, structs as objects, and null for
   *     what is not set
   * @return a row for each image, in the order of the work: {@code id}, {@code uri}, {@code seed},
   *     {@code parameters} (the text in the image), {@code seconds} and {@code warnings} (null for
   *     an image that was there), {@code error} (a sentence, in the place of an image; null
   *     otherwise). A folder that cannot be written fails the job instead
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

  /** Collects what executors draw with. Not safe for use by several threads at once. */
  public static final class Builder {
    private final String output;
    private final List<String> checkpoint = new ArrayList<>();
    private final List<String> checkpointDirectories = new ArrayList<>();
    private final List<String> loraDirectories = new ArrayList<>();
    private final List<String> embeddingDirectories = new ArrayList<>();
    private final List<String> hypernetworkDirectories = new ArrayList<>();
    private final List<String> upscalerDirectories = new ArrayList<>();
    private final List<String> controlNetDirectories = new ArrayList<>();
    private Precision precision = Precision.AUTO;
    private OptionalInt partitions = OptionalInt.empty();

    private Builder(String output) {
      this.output = output;
    }

    /**
     * Sets the checkpoint of requests that name none.
     *
     * @param pathOrReference a path on each executor's host, or where it is published, such as
     *     {@code hf:owner/repo}: each host gets it once, into the cache that its executors share.
     *     Default: none, so that such requests fail
     * @return this builder
     */
    public Builder checkpoint(String pathOrReference) {
      checkpoint.clear();
      checkpoint.add(Objects.requireNonNull(pathOrReference, "pathOrReference"));
      return this;
    }

    /**
     * Adds a folder whose checkpoints requests can name.
     *
     * @param directory on each executor's host, as all folders here; files that Spark brings to the
     *     executors ({@code --archives}) have relative paths
     * @return this builder
     */
    public Builder checkpointDirectory(String directory) {
      return add(checkpointDirectories, directory);
    }

    /**
     * Adds a folder whose LoRAs requests and prompts can name.
     *
     * @param directory see {@link Pipeline.Builder#loraDirectory}
     * @return this builder
     */
    public Builder loraDirectory(String directory) {
      return add(loraDirectories, directory);
    }

    /**
     * Adds a folder whose embeddings prompts can name.
     *
     * @param directory see {@link Pipeline.Builder#embeddingDirectory}
     * @return this builder
     */
    public Builder embeddingDirectory(String directory) {
      return add(embeddingDirectories, directory);
    }

    /**
     * Adds a folder whose hypernetworks prompts can name.
     *
     * @param directory see {@link Pipeline.Builder#hypernetworkDirectory}
     * @return this builder
     */
    public Builder hypernetworkDirectory(String directory) {
      return add(hypernetworkDirectories, directory);
    }

    /**
     * Adds a folder whose upscalers requests can name.
     *
     * @param directory see {@link Pipeline.Builder#upscalerDirectory}
     * @return this builder
     */
    public Builder upscalerDirectory(String directory) {
      return add(upscalerDirectories, directory);
    }

    /**
     * Adds a folder whose ControlNets and T2I-Adapters requests can name.
     *
     * @param directory folders inside it do not count
     * @return this builder
     */
    public Builder controlNetDirectory(String directory) {
      return add(controlNetDirectories, directory);
    }

    private Builder add(List<String> directories, String directory) {
      directories.add(Objects.requireNonNull(directory, "directory"));
      return this;
    }

    /**
     * Sets the number format of the networks.
     *
     * @param precision default {@link Precision#AUTO}; where processors differ, {@link
     *     Precision#FLOAT32} makes the images alike
     * @return this builder
     */
    public Builder precision(Precision precision) {
      this.precision = Objects.requireNonNull(precision, "precision");
      return this;
    }

    /**
     * Sets into how many tasks the work is cut.
     *
     * @param partitions at least 1. Default: four for each core that the cluster has when {@link
     *     #generate} is called, which with dynamic allocation is less than it will have
     * @return this builder
     */
    public Builder partitions(int partitions) {
      if (partitions < 1) {
        throw new IllegalArgumentException("partitions must be at least 1: " + partitions);
      }
      this.partitions = OptionalInt.of(partitions);
      return this;
    }

    /** {@return what draws with these settings} */
    public SdLoraSpark build() {
      return new SdLoraSpark(this);
    }
  }
}
