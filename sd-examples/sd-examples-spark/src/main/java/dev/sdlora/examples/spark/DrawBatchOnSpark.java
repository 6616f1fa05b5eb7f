package dev.sdlora.examples.spark;

import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.spark.SdLoraSpark;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;

/**
 * Generates the images of a manifest on Spark executors. Its arguments are the manifest and the
 * output folder, both in any of Hadoop's file systems; the outcome of each request is written to
 * {@code results} in that folder. If it is started again, it generates only missing images.
 *
 * <p>Two optional arguments select a checkpoint (a path on each host, or a reference such as {@code
 * hf:owner/repo}) and a folder of LoRAs; the default is the bundled model, which works on one
 * machine.
 */
public final class DrawBatchOnSpark {
  private DrawBatchOnSpark() {}

  /** The main class for {@code spark-submit}. */
  public static void main(String[] args) throws IOException {
    if (args.length != 2 && args.length != 4) {
      throw new IllegalArgumentException("arguments: MANIFEST OUTPUT [CHECKPOINT LORA_FOLDER]");
    }
    Path model = Path.of(System.getProperty("java.io.tmpdir"), "sdlora-demo-model");
    if (args.length == 2) {
      DemoModel.copyTo(model);
    }
    SdLoraSpark drawing =
        SdLoraSpark.builder(args[1])
            .checkpoint(
                args.length == 4 ? args[2] : model.resolve("demo-sd1.safetensors").toString())
            .loraDirectory(args.length == 4 ? args[3] : model.resolve("loras").toString())
            .build();
    try (SparkSession spark = SparkSession.builder().appName("pictures").getOrCreate()) {
      Dataset<Row> results = drawing.generate(SdLoraSpark.readManifest(spark, args[0]));
      // Write once: each evaluation of the rows scans the folder again.
      results.write().mode(SaveMode.Overwrite).json(args[1] + "/results");
      spark.read().schema(results.schema()).json(args[1] + "/results").orderBy("id").show();
    }
  }
}
