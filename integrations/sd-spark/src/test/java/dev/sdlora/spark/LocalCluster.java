package dev.sdlora.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;

/**
 * A master, workers and executors on this machine, each executor in its own JVM: Spark's {@code
 * local-cluster}. Workers look for a distribution in {@code SPARK_HOME}; a folder {@code jars} in
 * it is sufficient, because the executors get the class path of this JVM.
 */
final class LocalCluster {
  private LocalCluster() {}

  /** Starts a session; closing it ends all JVMs. */
  static SparkSession start(int executors) throws IOException {
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME")).resolve("jars"));
    return SparkSession.builder()
        .master(String.format(Locale.ROOT, "local-cluster[%d,1,1024]", executors))
        .appName("sd-spark")
        .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
        .config("spark.executor.memory", "768m")
        // Options for short-lived JVMs.
        .config("spark.executor.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .config("spark.sql.codegen.wholeStage", false)
        .config("spark.sql.adaptive.enabled", false)
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.ui.enabled", false)
        .config("spark.sql.shuffle.partitions", 2)
        // Killed executors are replaced without limit, so that tasks continue.
        .config("spark.deploy.maxExecutorRetries", -1)
        .config("spark.task.maxFailures", 1000)
        .config("spark.stage.maxConsecutiveAttempts", 1000)
        .config("spark.executorEnv.OMP_NUM_THREADS", "1")
        .getOrCreate();
  }

  /** Returns the JVMs of the executors, the only processes that this JVM has started. */
  static List<ProcessHandle> executors() {
    return ProcessHandle.current()
        .descendants()
        .filter(process -> process.info().command().orElse("").endsWith("java"))
        .toList();
  }
}
