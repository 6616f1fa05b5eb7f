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
 * Draws a manifest on the executors of Spark. Its arguments are the manifest and the folder of
 * images, both in any of Hadoop's file systems; what became of each request is written to {@code
 * results} in it. Started again, it draws what is not there.
 *
 * <p>With a checkpoint (a path on each host, or such as {@code hf:owner/repo}) and a folder of
 * LoRAs behind them it draws with these, else with the bundled model, which works on one machine.
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
      // Written once: each time that the rows are asked for, the folder is looked through again.
      results.write().mode(SaveMode.Overwrite).json(args[1] + "/results");
      spark.read().schema(results.schema()).json(args[1] + "/results").orderBy("id").show();
    }
  }
}
