package dev.sdlora.spark;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import dev.sdlora.testkit.LibraryRules;

/** What batches on executors stand on. */
@AnalyzeClasses(packages = "dev.sdlora.spark", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  /** Batches, and what Spark itself stands on. */
  @ArchTest
  static final ArchRule LITTLE_BENEATH =
      ArchRuleDefinition.classes()
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
              "dev.sdlora.api",
              "dev.sdlora.api.value",
              "dev.sdlora.batch..",
              "dev.sdlora.spark..");

  @ArchTest static final ArchTests LIBRARY = ArchTests.in(LibraryRules.class);
}
