package dev.sdlora.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * Rules for dependencies between packages, and for what libraries must not do. All libraries are
 * scanned once, because reading the classes takes longer than checking every rule.
 */
@AnalyzeClasses(packages = "dev.sdlora", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  /** Covers all packages, including the root package of each module. */
  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().assignedFrom(new PackagesWithTheirSpi()).should().beFreeOfCycles();

  /** Only one place uses DJL's PyTorch engine. */
  @ArchTest
  static final ArchRule ONE_PLACE_FOR_THE_ENGINE =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.sdlora.tensors.torch..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl.pytorch..");

  /** Only one place uses the presets of the second engine. */
  @ArchTest
  static final ArchRule ONE_PLACE_FOR_THE_SECOND_ENGINE =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.sdlora.libtorch..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bytedeco..");

  /** Libraries print nothing. */
  @ArchTest
  static final ArchRule SILENT =
      noClasses()
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");

  @ArchTest
  static final ArchRule CONSTRUCTORS_READ_NO_FILES = constructors().should(new ReadNoFiles());

  @ArchTest
  static final ArchRule LAYERS =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("dev.sdlora..")
          .layer("api")
          .definedBy("dev.sdlora.api..")
          .layer("prompt")
          .definedBy("dev.sdlora.prompt..")
          .layer("sampler")
          .definedBy("dev.sdlora.sampler..")
          .layer("tensors")
          .definedBy("dev.sdlora.tensors..")
          .layer("lora")
          .definedBy("dev.sdlora.lora..")
          .layer("infotext")
          .definedBy("dev.sdlora.infotext..")
          .layer("families")
          .definedBy("dev.sdlora.families..")
          .layer("pipeline")
          .definedBy("dev.sdlora.pipeline..")
          .whereLayer("api")
          .mayNotAccessAnyLayer()
          .whereLayer("prompt")
          .mayOnlyAccessLayers("api")
          .whereLayer("sampler")
          .mayOnlyAccessLayers("api")
          .whereLayer("tensors")
          .mayOnlyAccessLayers("api")
          .whereLayer("lora")
          .mayOnlyAccessLayers("api", "tensors")
          .whereLayer("infotext")
          .mayOnlyAccessLayers("api", "prompt", "tensors")
          .whereLayer("families")
          .mayOnlyAccessLayers("api", "prompt", "sampler", "tensors", "lora");

  @ArchTest
  static final ArchRule TRAINING_PARTS_DO_NOT_KNOW_THE_WHOLE =
      noClasses()
          .that()
          .resideInAPackage("dev.sdlora.training.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.sdlora.training");

  @ArchTest
  static final ArchRule DRAWING_DOES_NOT_KNOW_TRAINING =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.sdlora.api..",
              "dev.sdlora.prompt..",
              "dev.sdlora.sampler..",
              "dev.sdlora.tensors..",
              "dev.sdlora.lora..",
              "dev.sdlora.families..",
              "dev.sdlora.infotext..",
              "dev.sdlora.pipeline..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.sdlora.training..");

  /** Allows no library but Jackson, and no drawing. */
  @ArchTest
  static final ArchRule MODELS =
      classes()
          .that()
          .resideInAPackage("dev.sdlora.models..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "com.fasterxml.jackson..",
              "dev.sdlora.api..",
              "dev.sdlora.models..");

  /** Allows no HTTP. */
  @ArchTest
  static final ArchRule REQUESTS =
      classes()
          .that()
          .resideInAPackage("dev.sdlora.request..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "javax.imageio..",
              "org.jspecify..",
              "com.fasterxml.jackson..",
              "dev.sdlora.api..",
              "dev.sdlora.request..");

  @ArchTest
  static final ArchRule BATCHES =
      classes()
          .that()
          .resideInAPackage("dev.sdlora.batch..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "com.fasterxml.jackson..",
              "dev.sdlora.api..",
              "dev.sdlora.request..",
              "dev.sdlora.batch..");

  /** Runs only with -Pfull, like the module. */
  @ArchTest
  static final ArchRule SPARK =
      classes()
          .that()
          .resideInAPackage("dev.sdlora.spark..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "scala..",
              "org.jspecify..",
              "org.apache.spark..",
              "org.apache.hadoop..",
              "dev.sdlora.api..",
              "dev.sdlora.batch..",
              "dev.sdlora.spark..")
          .allowEmptyShould(true);

  /** The server uses only what every application can use. */
  @ArchTest
  static final ArchRule SERVER =
      noClasses()
          .that()
          .resideInAPackage("dev.sdlora.server..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.sdlora.pipeline..",
              "dev.sdlora.families..",
              "dev.sdlora.infotext..",
              "dev.sdlora.lora..",
              "dev.sdlora.tensors..");

  @ArchTest
  static final ArchRule INTERFACES_DO_NOT_KNOW_EACH_OTHER =
      noClasses()
          .that()
          .resideInAPackage("dev.sdlora.server.sdapi..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.sdlora.server.openai..", "dev.sdlora.server.job.api..");

  /** HTTP needs jobs of several servers, which need the database, which needs jobs. */
  @ArchTest
  static final ArchRule JOBS =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("dev.sdlora.server.job..")
          .layer("job")
          .definedBy("dev.sdlora.server.job")
          .layer("store")
          .definedBy("dev.sdlora.server.job.store..")
          .layer("shared")
          .definedBy("dev.sdlora.server.job.shared..")
          .layer("api")
          .definedBy("dev.sdlora.server.job.api..")
          .whereLayer("job")
          .mayNotAccessAnyLayer()
          .whereLayer("store")
          .mayOnlyAccessLayers("job")
          .whereLayer("shared")
          .mayOnlyAccessLayers("job", "store");

  @ArchTest
  static final ArchRule SPRING =
      classes()
          .that()
          .resideInAPackage("dev.sdlora.spring..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "org.slf4j..",
              "org.springframework..",
              "io.micrometer..",
              "dev.sdlora.api..",
              "dev.sdlora.demo.model",
              "dev.sdlora.spring..");

  @ArchTest
  static final ArchRule ONNX =
      classes()
          .that()
          .resideInAPackage("dev.sdlora.onnx..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "ai.onnxruntime..",
              "dev.sdlora.api..",
              "dev.sdlora.onnx..");

  /** Only one package uses ONNX Runtime. */
  @ArchTest
  static final ArchRule ONE_PLACE_FOR_ONNX_RUNTIME =
      noClasses()
          .that()
          .resideOutsideOfPackage("dev.sdlora.onnx.session..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.onnxruntime..");

  @ArchTest
  static final ArchRule S3 =
      classes()
          .that()
          .resideInAPackage("dev.sdlora.s3..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "software.amazon.awssdk..",
              "dev.sdlora.models.bucket..",
              "dev.sdlora.server.results..",
              "dev.sdlora.s3..");

  /** Allows langchain4j's core, which has these packages. */
  @ArchTest
  static final ArchRule LANGCHAIN4J =
      classes()
          .that()
          .resideInAPackage("dev.sdlora.langchain4j..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "javax.imageio..",
              "org.jspecify..",
              "dev.langchain4j.data..",
              "dev.langchain4j.exception..",
              "dev.langchain4j.model..",
              "dev.sdlora.api..",
              "dev.sdlora.langchain4j");
}
