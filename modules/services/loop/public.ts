/** What other modules may use of the loop: the one intake of reports. */
export { openReport, openReports, type ReadyReport, type ReportInput, readyReport } from './server/open-report.ts'
